// A faithful stand-in for CAVATICA and its object store on this machine: an API port and a storage port on 127.0.0.1.
// In-process for tests (ports 0), and behind `ferry-local-platform` for people. No POCO Net header is needed to use it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::platform {

using Milliseconds = std::chrono::milliseconds;

enum class PartSizePolicy {
    echo,  // what was asked, if S3 can do it; else 32 MiB or more
    large, // what was asked from 32 MiB on; else 256 MiB or more
    fixed, // always PlatformSettings::fixed_part_size
};
enum class ConflictPolicy { at_init, at_complete, rename };
enum class ExpiresForm { iso, seconds, milliseconds };
enum class BulkKey { either, id, file_id };
enum class EtagForm {
    md5,    // of the part, as S3 without KMS
    kms,    // 32 hex digits that are no MD5, with the header by which S3 tells so
    opaque, // no hex digits at all, as another cloud's
};

// How the platform behaves where real ones differ or do not say (contract 9). The names in quotes are those of set().
struct PlatformSettings {
    std::filesystem::path root;            // contents and index; made if missing. Must be set.
    std::uint16_t port = 0;                // 0: any free one, kept over stop() and start()
    std::uint16_t storage_port = 0;        // likewise
    std::string token;                     // empty: a random one
    std::string project = "me/my-project"; // exists from the start
    std::filesystem::path tls_certificate; // PEM chain; with it and tls_key both ports speak TLS
    std::filesystem::path tls_key;
    std::string advertised_host = "127.0.0.1"; // "host": in api(), storage() and signed URLs

    std::uint64_t rate_calls = 1000;   // API calls per window and token
    Milliseconds rate_window{300'000}; // fixed window, begun by its first call
    bool rate_reset_ms = false;        // "rate_reset_ms": /rate_limit tells `reset` in milliseconds

    PartSizePolicy part_size = PartSizePolicy::echo;     // "part_size": echo, large, or a size like 5MiB (fixed)
    std::uint64_t fixed_part_size = 0;                   // for PartSizePolicy::fixed
    std::uint64_t min_part_size = 5u << 20;              // "min_part_size": of every part but the last, at complete
    std::uint64_t max_part_size = 5ull << 30;            // "max_part_size": a longer PUT is EntityTooLarge
    bool parallel_uploads = true;                        // "parallel_uploads": false: one part at a time, ascending
    ConflictPolicy conflict = ConflictPolicy::at_init;   // "conflict": at-init, at-complete, rename
    bool may_write = true;                               // "may_write": false: the token may only read, 403/3001 else
    bool refuse_twin = false;                            // "refuse_twin": 409/8006 at init while that name is open
    bool enforce_size = true;                            // "enforce_size": fewer bytes than announced: 409/8007
    ExpiresForm expires = ExpiresForm::iso;              // "expires": iso, s, ms
    bool success_codes_on_top = false;                   // "success_codes": top, report
    int complete_status = 200;                           // "complete_status": 200, 201
    BulkKey bulk_key = BulkKey::either;                  // "bulk_key": either, id, file_id
    std::string href_scheme;                             // "href_scheme": http or https; empty: the true one
    bool upper_case_types = false;                       // "types": upper, lower
    bool patch_null_removes = true;                      // "patch_null": remove, ignore
    EtagForm etag = EtagForm::md5;                       // "etag": md5, kms, opaque
    Milliseconds url_lifetime{3'600'000};                // "url_lifetime": full seconds, rounded up
    Milliseconds clock_skew{0};                          // "clock_skew": the platform's clock is ahead by this
    Milliseconds api_latency{0};                         // "api_latency": added before each API answer
    Milliseconds storage_latency{0};                     // "storage_latency": added before each storage answer
    std::map<std::string, std::string> demanded_headers; // "header=NAME:VALUE": on each PUT; {part} is the number
};

// One setting by name, as in `--set part_size=5MiB`. Throws std::invalid_argument, naming what is allowed.
void set(PlatformSettings& settings, std::string_view name, std::string_view value);

struct Counters {
    std::map<std::string, std::uint64_t> calls; // API requests by operation ("init", "sign", ...), failed ones too
    std::uint64_t api_calls = 0;                // their sum: every request to the API but the admin paths
    std::uint64_t rate_limited = 0;             // answered 429 because the window was used up
    std::uint64_t unauthorized = 0;             // answered 401
    std::uint64_t api_connections = 0;
    std::uint64_t storage_connections = 0;
    std::uint64_t puts = 0;         // PUT requests to storage, failed ones too
    std::uint64_t stored_parts = 0; // PUTs that were stored whole
    std::uint64_t stored_bytes = 0;
    std::uint64_t max_concurrent_puts = 0; // highest number of PUTs under way at once
    std::uint64_t token_leaks = 0;         // storage requests that carried the token or an authorization header

    std::uint64_t of(const std::string& operation) const {
        const auto found = calls.find(operation);
        return found == calls.end() ? 0 : found->second;
    }
};

struct StoredFile {
    std::string id; // empty: there is no such file
    std::string name;
    std::string project;
    std::string parent; // folder id
    std::uint64_t size = 0;
    std::string md5; // as sent at init, never checked
    std::filesystem::path content;
    std::map<std::string, std::string> metadata;
    std::vector<std::string> tags;

    explicit operator bool() const { return !id.empty(); }
};

struct OpenUploadInfo {
    std::string upload_id;
    std::string project;
    std::string name;
    std::uint64_t size = 0; // as announced
    std::uint64_t part_size = 0;
    std::map<std::uint32_t, std::uint64_t> stored; // part number to bytes
    std::vector<std::uint32_t> reported;           // part numbers, ascending
};

// Thread-safe but for start() and stop(), which belong to one thread. The fault language is told in README.md.
class LocalPlatform {
  public:
    explicit LocalPlatform(PlatformSettings settings); // reads what an earlier run left below root; throws on failure
    ~LocalPlatform();                                  // stops
    LocalPlatform(const LocalPlatform&) = delete;
    LocalPlatform& operator=(const LocalPlatform&) = delete;

    void start(); // listens; throws if a port is taken
    void stop();  // cuts every connection; start() goes on with the same ports and state
    void start_storage();
    void stop_storage(); // only the storage port: connections are refused until start_storage()

    std::string api() const;     // base URL, ends in /v2; valid after the first start()
    std::string storage() const; // base URL of the object store
    std::string token() const;
    std::string project() const;

    Counters counters() const;
    void reset_counters();

    void add_faults(std::string_view json);         // one rule or an array; throws std::invalid_argument
    void clear_faults();                            // forgets all rules, used or not
    std::uint64_t fired_faults() const;             // faults played, ever
    std::vector<std::string> unused_faults() const; // rules that have not fired as often as they should, as JSON text

    void add_project(const std::string& owner_and_name);
    // A file that is there already, with the folders on its path.
    StoredFile add_file(const std::string& project, const std::string& path, std::string_view content);
    StoredFile stored(const std::string& project, const std::string& path) const; // path "folder/name"
    std::vector<StoredFile> files(const std::string& project) const;              // all of them, folders left out
    std::vector<OpenUploadInfo> open_uploads() const;
    std::size_t open_upload_count() const { return open_uploads().size(); }

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace ferry::platform
