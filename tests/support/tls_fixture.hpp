// Throw-away certificates for TLS tests: an authority of our own and what it signed, as PEM files in a folder that goes
// away with the object. Point SSL_CERT_FILE at authority() to trust them.
#pragma once

#include "temp_dir.hpp"

#include <filesystem>

namespace ferry::test {

class TlsFixture {
  public:
    TlsFixture(); // throws std::runtime_error if OpenSSL cannot

    std::filesystem::path authority() const { return dir_ / "authority.pem"; }
    std::filesystem::path certificate() const { return dir_ / "server.pem"; } // for localhost and 127.0.0.1
    std::filesystem::path key() const { return dir_ / "server.key"; }
    std::filesystem::path wrong_host_certificate() const { return dir_ / "wrong_host.pem"; } // for other.example only
    std::filesystem::path wrong_host_key() const { return dir_ / "wrong_host.key"; }
    std::filesystem::path expired_certificate() const { return dir_ / "expired.pem"; } // right names, out of date
    std::filesystem::path expired_key() const { return dir_ / "expired.key"; }

  private:
    TempDir dir_;
};

} // namespace ferry::test
