#include "tls_fixture.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

namespace ferry::test {
namespace {

template <auto Free> struct Freer {
    template <class T> void operator()(T* pointer) const { Free(pointer); }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;
struct FileCloser {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

constexpr long day = 24 * 60 * 60;

void need(bool good, const char* what) {
    if (!good)
        throw std::runtime_error(std::string("OpenSSL could not make the test certificates: ") + what);
}

struct Wanted {
    std::string common_name;
    std::string alternative_names; // "DNS:a,IP:b"; empty for an authority
    long from = -day;              // seconds from now
    long until = 2 * day;
    long serial = 1;
};

void add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
    need(extension && X509_add_ext(certificate, extension.get(), -1), value);
}

void add_extensions(X509* certificate, X509* issuer, const Wanted& wanted) {
    const bool authority = wanted.alternative_names.empty();
    add_extension(certificate, issuer, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
    if (authority) {
        add_extension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
        return;
    }
    add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
    add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature");
    add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth");
    add_extension(certificate, issuer, NID_subject_alt_name, wanted.alternative_names.c_str());
}

// Without an issuer it signs itself.
Certificate make_certificate(const Wanted& wanted, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
    Certificate made(X509_new());
    need(made != nullptr, "X509_new");
    X509* const raw = made.get();
    need(X509_set_version(raw, X509_VERSION_3) && ASN1_INTEGER_set(X509_get_serialNumber(raw), wanted.serial) &&
             X509_gmtime_adj(X509_getm_notBefore(raw), wanted.from) &&
             X509_gmtime_adj(X509_getm_notAfter(raw), wanted.until) && X509_set_pubkey(raw, key),
         "certificate fields");
    const auto* name = reinterpret_cast<const unsigned char*>(wanted.common_name.c_str());
    need(X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_UTF8, name, -1, -1, 0), "subject");
    X509* const signer = issuer ? issuer : raw;
    need(X509_set_issuer_name(raw, X509_get_subject_name(signer)), "issuer");
    add_extensions(raw, signer, wanted);
    need(X509_sign(raw, issuer_key, EVP_sha256()) != 0, "signature");
    return made;
}

Key make_key() {
    Key key(EVP_EC_gen("P-256"));
    need(key != nullptr, "key");
    return key;
}

void write_certificate(const std::filesystem::path& path, X509* certificate) {
    const File file(std::fopen(path.c_str(), "wxe"));
    need(file && PEM_write_X509(file.get(), certificate), path.c_str());
}

void write_key(const std::filesystem::path& path, EVP_PKEY* key) {
    const File file(std::fopen(path.c_str(), "wxe"));
    need(file && PEM_write_PrivateKey(file.get(), key, nullptr, nullptr, 0, nullptr, nullptr), path.c_str());
}

} // namespace

TlsFixture::TlsFixture() {
    const Key authority_key = make_key();
    const Wanted root{"Ferry test authority", "", -10 * day, 10 * day, 1};
    const Certificate root_certificate = make_certificate(root, authority_key.get(), nullptr, authority_key.get());
    write_certificate(authority(), root_certificate.get());

    const auto issue = [&](const char* file, const Wanted& wanted) {
        const Key key = make_key();
        const Certificate made = make_certificate(wanted, key.get(), root_certificate.get(), authority_key.get());
        write_certificate(dir_ / (std::string(file) + ".pem"), made.get());
        write_key(dir_ / (std::string(file) + ".key"), key.get());
    };
    issue("server", {"localhost", "DNS:localhost,IP:127.0.0.1", -day, 2 * day, 2});
    issue("wrong_host", {"other.example", "DNS:other.example", -day, 2 * day, 3});
    issue("expired", {"localhost", "DNS:localhost,IP:127.0.0.1", -3 * day, -day, 4});
}

} // namespace ferry::test
