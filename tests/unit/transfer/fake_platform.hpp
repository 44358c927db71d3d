// The platform and its storage inside a test: every transport of this factory talks to it. Keeps what was stored and
// says in what order it was asked.
#pragma once

#include "http/http_transport.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::test {

// One request, as a hook sees it.
struct Call {
    std::string kind; // "list", "init", "sign", "put", "report", "report_many", "details", "complete", "abort", "file",
                      // "uploads", "edit", "records", "mkdir"
    std::string upload; // id
    std::string name;   // of the file or folder; empty for list
    std::uint32_t part = 0;
    int nth = 0;      // how often this kind, upload and part was asked for, from 1
    std::string body; // of the request

    std::string text() const; // "put a.txt 2"
};

struct StoredFile {
    std::string id;
    std::string name;
    std::string content;
    bool folder = false;
    std::string parent{};                          // id of the folder that it lies in; empty: the target itself
    std::string created{};                         // ISO 8601; empty: the platform does not tell
    std::map<std::string, std::string> metadata{}; // as set
    std::vector<std::string> tags{};
    std::string md5{}; // as the platform tells it; empty: it does not
};

// Thread-safe. The settings and hooks are set before the first request.
class FakePlatform final : public TransportFactory {
  public:
    // Answers instead of the platform if it answers at all; called without a lock.
    using Hook = std::function<std::optional<HttpOutcome>(const Call&, CancelToken&)>;

    std::uint64_t part_size = 0; // 0: what is asked for
    bool parallel = true;
    bool complete_tells_size = true;
    std::optional<bool> may_write = true;           // nullopt: the project does not tell
    bool refuse_taken = false;                      // 409/8005 at init and complete where the name is taken
    bool refuse_twin = false;                       // 409/8006 at init while an upload of that name is open
    std::string initiated = "2016-01-01T00:00:00Z"; // of the uploads begun, and of files made, from now on
    std::string storage = "http://127.0.0.1:9001";
    HttpHeaders part_headers;                              // demanded of every PUT
    std::vector<std::string> report_headers{"ETag"};       // asked for by sign
    std::function<std::string(std::string_view)> etag;     // of a part's bytes; else its MD5 in quotes
    HttpHeaders put_answer;                                // further headers of an answer to a PUT
    std::function<std::string(const std::string&)> rename; // at complete
    Hook hook;
    std::function<bool(const Call&)> lose_answer; // of what was done; called without a lock

    std::unique_ptr<HttpTransport> make() override;
    static Url base();
    static constexpr std::string_view token = "0123456789abcdef0123456789abcdef";

    void put_file(StoredFile file);
    void change_files(const std::function<void(std::vector<StoredFile>&)>& change);
    void change_report(const std::string& upload, std::uint32_t part, std::string etag);
    void lose_part(const std::string& upload, std::uint32_t part); // it is stored, but no report of it is kept
    void forget_upload(const std::string& upload);
    void begin_upload(const std::string& name, std::uint64_t size); // by somebody else, with its first part reported
    std::vector<StoredFile> files() const;
    std::string content(std::string_view name) const; // "<none>" if there is no such file
    std::vector<std::string> paths() const;           // of the files below the target, sorted
    std::vector<std::string> calls() const;           // Call::text() in order
    std::size_t count(std::string_view kind) const;
    std::size_t open_uploads() const;
    std::size_t most_puts_at_once() const;
    std::vector<std::string> wrongs() const; // what no client may do; empty in every test

    HttpOutcome answer_to(const HttpRequest& request, CancelToken& cancel); // what a transport calls

  private:
    struct Upload {
        std::string name;
        std::uint64_t size = 0;
        std::uint64_t part_size = 0;
        std::string parent;
        bool overwrite = false;
        std::string initiated;
        std::map<std::uint32_t, std::string> parts;
        std::map<std::uint32_t, std::string> reported; // ETags
        std::uint32_t lost = 0;                        // a part whose report is not kept, until it is put again
        int puts_open = 0;
        std::uint32_t last_signed = 0;
    };
    Call read(const HttpRequest& request, std::string body);
    Call read_upload_path(const HttpRequest& request, std::string_view path);
    HttpOutcome serve(const Call& call, const HttpRequest& request);
    HttpOutcome list(const HttpRequest& request) const;
    HttpOutcome open_list() const;
    HttpOutcome details(const std::string& id, const Upload& upload) const;
    static void take_reports(const Call& call, Upload& upload);
    HttpOutcome init(const Call& call, bool overwrite);
    HttpOutcome sign(const Call& call, Upload& upload);
    HttpOutcome put(const Call& call, Upload& upload, const HttpRequest& request);
    HttpOutcome complete(const Call& call);
    HttpOutcome edit(const Call& call);
    HttpOutcome records(const Call& call);
    HttpOutcome make_folder(const Call& call);
    bool has_folder(const std::string& id) const;
    bool is_taken(const std::string& parent, const std::string& name) const;
    std::string file_json(const StoredFile& file, bool with_size) const;
    void wrong(std::string what);

    mutable std::mutex mutex_;
    std::map<std::string, Upload> uploads_;    // open ones
    std::map<std::string, std::string> names_; // of all uploads ever
    std::vector<StoredFile> files_;
    std::vector<Call> calls_;
    std::map<std::string, int> times_;
    std::vector<std::string> wrongs_;
    int next_id_ = 1;
    std::size_t puts_now_ = 0;
    std::size_t most_puts_ = 0;
};

std::string md5_hex(std::string_view bytes);
HttpOutcome reply(int status, std::string body = {});
HttpOutcome no_reply(FailureKind kind);

} // namespace ferry::test
