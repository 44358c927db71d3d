#include "http/tls_context.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace ferry {

namespace {

Poco::Net::Context::Params strict_params() {
    Poco::Net::Context::Params params;
    params.verificationMode = Poco::Net::Context::VERIFY_STRICT;
    params.loadDefaultCAs = false; // loaded below, file and folder apart, so that a missing one is told
    params.cipherList = "DEFAULT"; // OpenSSL's and the distribution's own choice; POCO's would bring weak ones back
    return params;
}

std::string openssl_reason() {
    const char* text = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return text ? text : "unknown reason";
}

Status load_certificates(SSL_CTX* context, const CertificateSources& sources) {
    ERR_clear_error();
    if (sources.file.empty())
        SSL_CTX_set_default_verify_file(context); // a system without that file may still have the folder
    else if (SSL_CTX_load_verify_file(context, sources.file.c_str()) != 1)
        return {ErrorKind::invalid, "cannot read certificates from '" + sources.file +
                                        "', which SSL_CERT_FILE names (" + openssl_reason() +
                                        "); name a readable PEM file there"};
    if (sources.directory.empty())
        SSL_CTX_set_default_verify_dir(context);
    else if (SSL_CTX_load_verify_dir(context, sources.directory.c_str()) != 1)
        return {ErrorKind::invalid, "cannot read certificates from '" + sources.directory +
                                        "', which SSL_CERT_DIR names (" + openssl_reason() + ")"};
    ERR_clear_error();
    return {};
}

} // namespace

struct TlsContext::Impl {
    Poco::Net::Context::Ptr context;
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;

ssl_ctx_st* TlsContext::native() const {
    return impl_->context->sslContext();
}

Result<std::unique_ptr<TlsContext>> TlsContext::make(const CertificateSources& sources) {
    try {
        auto impl = std::make_unique<Impl>();
        impl->context = new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, strict_params());
        SSL_CTX* native = impl->context->sslContext();
        SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
        // POCO's callback asks handlers that belong to the whole process, which another user of POCO in the host may
        // have told to accept anything or to ask on the console. Without one, OpenSSL's verdict stands.
        SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
        SSL_CTX_set_mode(native, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        if (const Status loaded = load_certificates(native, sources); !loaded)
            return loaded.error();
        return std::unique_ptr<TlsContext>(new TlsContext(std::move(impl)));
    } catch (const Poco::Exception& e) {
        return {ErrorKind::internal, "cannot set up TLS: " + e.displayText()};
    }
}

} // namespace ferry
