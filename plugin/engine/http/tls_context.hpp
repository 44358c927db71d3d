// TLS settings that all connections of a process share: which certificates are believed, which versions are spoken.
#pragma once

#include "base/status.hpp"

#include <memory>
#include <string>

struct ssl_ctx_st; // OpenSSL's SSL_CTX

namespace ferry {

// Where certificates that are believed come from; an empty text means the system's own.
struct CertificateSources {
    std::string file;      // SSL_CERT_FILE: instead of the system's file
    std::string directory; // SSL_CERT_DIR: instead of the system's folder; may be several, split by ':'
};

// Immutable once made, thus thread-safe.
class TlsContext {
  public:
    // Reads the certificates: some 20 ms for a system's usual set.
    static Result<std::unique_ptr<TlsContext>> make(const CertificateSources& sources);
    ~TlsContext();

    ssl_ctx_st* native() const; // owned by this

  private:
    struct Impl;
    explicit TlsContext(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace ferry
