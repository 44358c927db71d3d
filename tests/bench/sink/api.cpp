#include "sink/api.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

namespace ferry::bench {

namespace {

constexpr std::uint64_t default_part_size = 32u << 20;
constexpr std::string_view uploads = "/v2/upload/multipart";
constexpr std::string_view files = "/v2/files";

Answer json(std::string body) {
    return {200, {}, std::move(body)};
}

Answer refusal(int status, int code, const std::string& message) {
    return {status,
            {},
            "{\"status\":" + std::to_string(status) + ",\"code\":" + std::to_string(code) + ",\"message\":\"" +
                message + "\",\"more_info\":\"\"}"};
}

// The member's value as it stands in the text, without quotes: nobody here looks at what its escapes mean.
std::string member(const std::string& body, const std::string& key) {
    std::size_t at = body.find('"' + key + "\":");
    if (at == std::string::npos)
        return {};
    at = body.find_first_not_of(" \"", at + key.size() + 3);
    std::size_t end = at;
    while (end < body.size() && body[end] != '"' && body[end] != ',' && body[end] != '}')
        end += body[end] == '\\' ? 2 : 1;
    return body.substr(at, end - at);
}

std::uint64_t number(const std::string& text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string hex(std::uint64_t value, int digits) {
    char text[80] = {};
    std::snprintf(text, sizeof text, "%0*llx", digits, static_cast<unsigned long long>(value));
    return text;
}

std::string_view without_query(std::string_view target) {
    target = target.substr(0, target.find('?'));
    return target.ends_with('/') ? target.substr(0, target.size() - 1) : target;
}

} // namespace

Answer Api::serve(const Head& head, Requests& requests) {
    const std::string body = requests.body(head);
    const std::string_view path = without_query(head.target);
    if (path == "/stats")
        return json(to_json(counters_));
    ++counters_.api_calls;
    std::string headers;
    Answer answer;
    if (quota_.take(headers)) {
        answer = route(head.method, path, body);
    } else {
        ++counters_.refused;
        answer = refusal(429, 1000, "Rate limit exceeded.");
    }
    answer.headers += headers;
    return answer;
}

Answer Api::route(std::string_view method, std::string_view path, const std::string& body) {
    if (path == uploads)
        return method == "POST" ? init(body) : json(R"({"items":[]})");
    if (path == files) {
        Answer none = json("{\"href\":\"" + api_ + "/files\",\"items\":[],\"links\":[]}");
        none.headers = "X-Total-Matching-Query: 0\r\n";
        return none;
    }
    if (path.starts_with(uploads)) {
        path.remove_prefix(uploads.size() + 1);
        const std::string_view id = path.substr(0, path.find('/'));
        path.remove_prefix(id.size());
        return of_upload(method, id, path);
    }
    if (path.starts_with(files)) {
        const std::lock_guard lock(mutex_);
        if (const auto found = files_.find(std::string(path.substr(files.size() + 1))); found != files_.end())
            return json(show_file(found->first, found->second));
    }
    return refusal(404, 90003, "Not found.");
}

Answer Api::init(const std::string& body) {
    Upload upload{.id = {},
                  .project = member(body, "project"),
                  .name = member(body, "name"),
                  .size = number(member(body, "size")),
                  .part_size = number(member(body, "part_size"))};
    if (upload.part_size == 0)
        upload.part_size = default_part_size;
    const std::lock_guard lock(mutex_);
    upload.id = "Y" + hex(++count_, 63);
    uploads_[upload.id] = upload;
    return json(show(upload));
}

Answer Api::of_upload(std::string_view method, std::string_view id, std::string_view rest) {
    std::optional<Upload> upload;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = uploads_.find(std::string(id)); found != uploads_.end())
            upload = found->second;
        if (upload && (method == "DELETE" || rest == "/complete"))
            uploads_.erase(upload->id);
    }
    if (!upload)
        return refusal(404, 8003, "Requested upload does not exist.");
    if (method == "DELETE")
        return {204, {}, {}};
    if (rest == "/complete")
        return complete(*upload);
    if (method == "GET" && rest.starts_with("/part/"))
        return json("{\"method\":\"PUT\",\"url\":\"" + signed_url(id, rest.substr(6)) +
                    R"(","expires":"2099-02-27T15:55:38Z","headers":{},)" +
                    R"("report":{"headers":["ETag"],"success_codes":[200]}})");
    return json(method == "GET" ? show(*upload) : "{}");
}

std::string Api::signed_url(std::string_view upload_id, std::string_view part) const {
    return storage_ + "/bucket/" + std::string(upload_id) + "?partNumber=" + std::string(part) +
           "&uploadId=" + std::string(upload_id) +
           "&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=4075890938&Signature=Pmb2o7pYJ%2BiNVfQzYsXL8kDcWkE%3D";
}

Answer Api::complete(const Upload& upload) {
    const std::lock_guard lock(mutex_);
    const std::string id = hex(++count_, 24);
    files_[id] = upload;
    return json(show_file(id, upload));
}

std::string Api::show(const Upload& upload) const {
    return "{\"href\":\"" + api_ + "/upload/multipart/" + upload.id + "\",\"project\":\"" + upload.project +
           "\",\"name\":\"" + upload.name + R"(","initiated":"2016-01-01T00:00:00Z","upload_id":")" + upload.id +
           "\",\"size\":" + std::to_string(upload.size) + ",\"part_size\":" + std::to_string(upload.part_size) +
           R"(,"parallel_uploads":true,"uploaded_parts_count":0,"parts":[]})";
}

std::string Api::show_file(const std::string& id, const Upload& upload) const {
    return "{\"href\":\"" + api_ + "/files/" + id + "\",\"id\":\"" + id + "\",\"project\":\"" + upload.project +
           "\",\"name\":\"" + upload.name + R"(","type":"file","size":)" + std::to_string(upload.size) +
           R"(,"created_on":"2016-01-01T00:00:00Z","modified_on":"2016-01-01T00:00:00Z"})";
}

} // namespace ferry::bench
