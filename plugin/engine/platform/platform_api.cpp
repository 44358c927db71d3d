#include "platform/platform_api.hpp"

#include "document/text.hpp"
#include "platform/api_json.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace ferry {
namespace {

constexpr std::size_t url_limit = 6'000;        // the maintained client's own (contract 5)
constexpr std::size_t names_limit = 100;        // a page of a listing
constexpr std::size_t reports_per_call = 1'000; // contract 4.6
constexpr int pages_limit = 1'000;              // a server that always links to a next page must not hold us for ever

std::string upload_path(std::string_view upload_id, const std::string& rest = {}) {
    return "/upload/multipart/" + percent_encode(upload_id) + rest;
}

std::string target_query(const Target& target) {
    return target.parent.empty() ? "project=" + percent_encode(target.project)
                                 : "parent=" + percent_encode(target.parent);
}

std::string title(const Target& target) {
    return target.parent.empty() ? printable(target.project, 255) : "folder " + printable(target.parent, 255);
}

std::string title(std::string_view upload_id) {
    return "upload " + printable(upload_id, 100);
}

Status ignore(const HttpResponse&) {
    return {};
}

} // namespace

Verdict PlatformApi::sign_once(std::string_view upload_id, std::uint32_t part, SignedPart& out, HttpOutcome& outcome) {
    Try tried = once({.operation = Operation::sign,
                      .method = "GET",
                      .path = upload_path(upload_id, "/part/" + std::to_string(part)),
                      .body = {}},
                     into(out, read_signed_part));
    outcome = std::move(tried.outcome);
    return tried.verdict;
}

Status PlatformApi::report(std::string_view upload_id, const PartReport& part) {
    return perform({.operation = Operation::report,
                    .method = "POST",
                    .path = upload_path(upload_id, "/part"),
                    .body = report_body(part)},
                   ignore, "cannot report part " + std::to_string(part.number) + " of " + title(upload_id));
}

Result<bool> PlatformApi::abort_if_open(std::string_view upload_id) {
    const Reader none = ignore;
    const Status aborted =
        perform({.operation = Operation::abort, .method = "DELETE", .path = upload_path(upload_id), .body = {}}, none,
                "cannot abort " + title(upload_id));
    if (!aborted && aborted.error().kind != ErrorKind::not_found)
        return aborted.error();
    return aborted.ok();
}

// What is gone counts as aborted, whoever ended it.
Status PlatformApi::abort(std::string_view upload_id) {
    return abort_if_open(upload_id).status();
}

Result<std::optional<UploadState>> PlatformApi::details(const std::string& upload_id, bool with_parts,
                                                        const std::string& doing) {
    UploadState state;
    const Status got = perform({.operation = Operation::upload_details,
                                .method = "GET",
                                .path = upload_path(upload_id, with_parts ? "?list_parts=true" : ""),
                                .body = {}},
                               into(state, read_upload_state), doing);
    if (got)
        return std::optional(std::move(state));
    if (got.error().kind == ErrorKind::not_found)
        return std::optional<UploadState>();
    return got.error();
}

Result<std::optional<UploadState>> PlatformApi::upload_state(const std::string& upload_id) {
    return details(upload_id, true, "cannot read " + title(upload_id));
}

PlatformApi::Request PlatformApi::report_request(std::string_view upload_id,
                                                 const std::vector<PartReport>& parts) const {
    return {
        .operation = Operation::report, .method = "POST", .path = upload_path(upload_id), .body = complete_body(parts)};
}

Status PlatformApi::report_all(std::string_view upload_id, const std::vector<PartReport>& parts) {
    for (std::size_t begin = 0; begin < parts.size(); begin += reports_per_call) {
        const auto first = parts.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto last = first + static_cast<std::ptrdiff_t>(std::min(reports_per_call, parts.size() - begin));
        const Status reported = perform(report_request(upload_id, {first, last}), ignore,
                                        "cannot report the stored parts of " + title(upload_id));
        if (!reported)
            return reported;
    }
    return {};
}

bool PlatformApi::report_at_stop(std::string_view upload_id, const std::vector<PartReport>& parts, Duration time) {
    return once_at_stop(report_request(upload_id, parts), time).has_value();
}

HttpOutcome PlatformApi::try_at_once(const Request& request, Duration time) {
    HttpRequest http = http_request(request);
    http.timeouts = {.connect = time, .stall = time, .answer = time};
    CancelToken none;
    HttpOutcome outcome = transport_.send(http, none);
    if (met_server(outcome))
        ++context_.calls;
    log_outcome(request, outcome, time);
    return outcome;
}

bool PlatformApi::gone_at_once(const std::string& upload_id, Duration time) {
    const Request request{
        .operation = Operation::upload_details, .method = "GET", .path = upload_path(upload_id), .body = {}};
    return classify(request.operation, try_at_once(request, time)) == Verdict::vanished;
}

std::optional<HttpResponse> PlatformApi::once_at_stop(const Request& request, Duration time) {
    HttpOutcome outcome = try_at_once(request, time);
    if (classify(request.operation, outcome) != Verdict::success)
        return std::nullopt;
    auto& response = std::get<HttpResponse>(outcome);
    response.body = scrubbed(std::move(response.body));
    return std::move(response);
}

Result<std::vector<OpenUpload>> PlatformApi::open_uploads() {
    std::vector<OpenUpload> all;
    std::set<std::string> seen;
    for (int i = 0; i < pages_limit; ++i) {
        Page<OpenUpload> page;
        const std::string query = all.empty() ? std::string() : "?offset=" + std::to_string(all.size());
        const Status got = perform(
            {.operation = Operation::list_uploads, .method = "GET", .path = "/upload/multipart" + query, .body = {}},
            into(page, read_open_uploads), "cannot list the open uploads");
        if (!got)
            return got.error();
        const std::size_t before = all.size();
        for (OpenUpload& upload : page.items)
            if (seen.insert(upload.upload_id).second)
                all.push_back(std::move(upload));
        // No page documents paging here, so a server may link on and yet answer the same items again.
        if (!page.more || all.size() == before)
            break;
    }
    return all;
}

Result<std::vector<RemoteFile>> PlatformApi::list_files(const std::string& query, bool all_pages,
                                                        const std::string& doing) {
    std::vector<RemoteFile> all;
    for (int i = 0; i < pages_limit; ++i) {
        Page<RemoteFile> page;
        const std::string offset = all.empty() ? std::string() : "&offset=" + std::to_string(all.size());
        const Status got =
            perform({.operation = Operation::read, .method = "GET", .path = "/files?" + query + offset, .body = {}},
                    into(page, read_files), doing);
        if (!got)
            return got.error();
        const bool last = !page.more || page.items.empty() || !all_pages;
        std::move(page.items.begin(), page.items.end(), std::back_inserter(all));
        if (last)
            break;
    }
    return all;
}

Result<std::vector<RemoteFile>> PlatformApi::find_names(const Target& target, const std::vector<std::string>& names) {
    const std::string doing = "cannot list the files of " + title(target);
    const std::string common = target_query(target);
    if (names.empty())
        return list_files(common + "&limit=1", false, doing);
    const std::string tail = "&limit=" + std::to_string(names_limit) + "&fields=_all";
    const std::size_t fixed = context_.base.origin().size() + context_.base.target.size() + tail.size() + 32;
    const std::set<std::string_view> wanted(names.begin(), names.end());
    std::vector<RemoteFile> found;
    for (std::size_t next = 0; next < names.size();) {
        std::string query = common;
        for (std::size_t count = 0; next < names.size() && count < names_limit; ++count) {
            const std::string one = "&name=" + percent_encode(names[next]);
            if (count > 0 && fixed + query.size() + one.size() > url_limit)
                break;
            query += one;
            ++next;
        }
        auto files = list_files(query + tail, true, doing);
        if (!files.ok())
            return files.error();
        std::copy_if(std::make_move_iterator(files->begin()), std::make_move_iterator(files->end()),
                     std::back_inserter(found), [&](const RemoteFile& file) { return wanted.contains(file.name); });
    }
    return found;
}

Result<RemoteFile> PlatformApi::file(std::string_view id) {
    RemoteFile file;
    const Status got =
        perform({.operation = Operation::read, .method = "GET", .path = "/files/" + percent_encode(id), .body = {}},
                into(file, read_remote_file), "cannot read the record of file " + printable(id, 100));
    if (!got)
        return got.error();
    return file;
}

Result<std::optional<bool>> PlatformApi::may_write(const Target& target) {
    std::string project = target.project;
    if (project.empty()) {
        const auto folder = file(target.parent);
        if (!folder.ok())
            return folder.error();
        project = folder->project;
    }
    std::optional<bool> told;
    const Status got = read_project(project, into(told, read_may_write));
    if (!got)
        return got.error();
    return told;
}

Status PlatformApi::read_project(const std::string& id, const Reader& read) {
    const std::size_t slash = std::min(id.find('/'), id.size());
    const std::string owner = id.substr(0, slash);
    const std::string name = id.substr(std::min(slash + 1, id.size()));
    return perform({.operation = Operation::read,
                    .method = "GET",
                    .path = "/projects/" + percent_encode(owner) + "/" + percent_encode(name),
                    .body = {}},
                   read, "cannot read project " + printable(id, 255));
}

} // namespace ferry
