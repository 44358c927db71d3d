// TLS settings that all connections of a process share: which certificates are believed, which versions are spoken.
#pragma once

#include "base/status.hpp"
#include "http/found_setting.hpp"

#include <memory>
#include <string>

struct ssl_ctx_st; // OpenSSL's SSL_CTX

namespace ferry {

// Where certificates that are believed come from; what is empty counts as absent.
struct CertificateSources {
    std::string file;      // SSL_CERT_FILE: instead of the system's file
    std::string directory; // SSL_CERT_DIR: instead of the system's folder; may be several, split by ':'
    // REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE: a file or a folder, instead of all of the system's; not looked at if one of
    // the two above is there.
    FoundSetting bundle{};

    bool any() const { return !file.empty() || !directory.empty() || !bundle.value.empty(); }
};

// Immutable once made, thus thread-safe.
class TlsContext {
  public:
    // Reads the certificates: some 20 ms for a system's usual set. What is named and holds none is an error, that names
    // the variable.
    static Result<std::unique_ptr<TlsContext>> make(const CertificateSources& sources);
    ~TlsContext();

    ssl_ctx_st* native() const; // owned by this

  private:
    struct Impl;
    explicit TlsContext(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace ferry
