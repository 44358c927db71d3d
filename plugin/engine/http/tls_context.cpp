#include "http/tls_context.hpp"

#include "document/text.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <algorithm>
#include <filesystem>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

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

Error unusable(const FoundSetting& setting, const std::string& why, const char* remedy) {
    return {ErrorKind::invalid, "cannot read certificates from '" + printable(setting.value) + "', which " +
                                    setting.name + " names (" + why + "); " + remedy};
}

bool is_folder(const std::string& path) {
    std::error_code unknown;
    return std::filesystem::is_directory(path, unknown);
}

// A file may be good PEM and hold revocation lists alone.
bool has_certificate(SSL_CTX* context) {
    const STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(SSL_CTX_get_cert_store(context));
    for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i)
        if (X509_OBJECT_get_type(sk_X509_OBJECT_value(objects, i)) == X509_LU_X509)
            return true;
    return false;
}

Status load_file(SSL_CTX* context, const FoundSetting& setting, const char* remedy) {
    if (std::error_code gone; !std::filesystem::exists(setting.value, gone))
        return unusable(setting, gone ? gone.message() : "there is no such file", remedy);
    if (is_folder(setting.value))
        return unusable(setting, "it is a folder", remedy);
    if (SSL_CTX_load_verify_file(context, setting.value.c_str()) != 1)
        return unusable(setting, openssl_reason(), remedy);
    return has_certificate(context) ? Status() : unusable(setting, "it holds no certificate", remedy);
}

// "1234abcd.0": the name under which OpenSSL looks for a certificate by the hash of its subject.
bool is_hashed_name(std::string_view name) {
    constexpr std::size_t hash = 8;
    return name.size() > hash + 1 && name.substr(0, hash).find_first_not_of("0123456789abcdef") == name.npos &&
           name[hash] == '.' && name.substr(hash + 1).find_first_not_of("0123456789") == name.npos;
}

bool has_hashed_certificate(const std::string& folder) {
    std::error_code unreadable;
    for (std::filesystem::directory_iterator entry(folder, unreadable), end; !unreadable && entry != end;
         entry.increment(unreadable))
        if (is_hashed_name(entry->path().filename().string()))
            return true;
    return false;
}

bool any_hashed_certificate(std::string_view folders) {
    while (!folders.empty()) {
        const std::size_t end = std::min(folders.find(':'), folders.size());
        if (has_hashed_certificate(std::string(folders.substr(0, end))))
            return true;
        folders.remove_prefix(std::min(end + 1, folders.size()));
    }
    return false;
}

// OpenSSL takes any text for a folder, and finds nothing there later.
Status load_folders(SSL_CTX* context, const FoundSetting& setting) {
    constexpr const char* remedy = "name a folder there that openssl rehash has been run on";
    if (!any_hashed_certificate(setting.value))
        return unusable(setting, "it holds no certificate under a hashed name, such as 1234abcd.0", remedy);
    if (SSL_CTX_load_verify_dir(context, setting.value.c_str()) != 1)
        return unusable(setting, openssl_reason(), remedy);
    return {};
}

Status load_certificates(SSL_CTX* context, const CertificateSources& sources) {
    ERR_clear_error();
    Status loaded;
    if (sources.file.empty() && sources.directory.empty() && !sources.bundle.value.empty()) {
        loaded = is_folder(sources.bundle.value)
                     ? load_folders(context, sources.bundle)
                     : load_file(context, sources.bundle, "name a readable PEM file there, or unset it");
        ERR_clear_error();
        return loaded;
    }
    if (sources.file.empty())
        SSL_CTX_set_default_verify_file(context); // a system without that file may still have the folder
    else
        loaded = load_file(context, {"SSL_CERT_FILE", sources.file}, "name a readable PEM file there");
    if (loaded && sources.directory.empty())
        SSL_CTX_set_default_verify_dir(context);
    else if (loaded && (sources.file.empty() || any_hashed_certificate(sources.directory))) // else the file is enough
        loaded = load_folders(context, {"SSL_CERT_DIR", sources.directory});
    ERR_clear_error();
    return loaded;
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
