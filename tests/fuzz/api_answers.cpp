// The platform's answers: whatever a body holds, what is taken over keeps to its bounds and fits where it goes.
#include "fuzz.hpp"

#include "document/strict_json.hpp"
#include "platform/api_json.hpp"

using namespace ferry;

namespace {

template <class T> bool usable(const Result<T>& result) {
    if (!result.ok())
        fuzz::require_plain(result.error().message, "an error's message is plain");
    return result.ok();
}

bool is_header_text(std::string_view text) {
    for (const char c : text)
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f)
            return false;
    return true;
}

void check_file(const RemoteFile& file) {
    fuzz::require(!file.id.empty() && file.id.size() <= 1024 && fuzz::is_word(file.id), "an id fits a URL");
    fuzz::require(!file.size || *file.size <= INT64_MAX, "a size fits 63 bits");
    fuzz::require(file.name.size() <= 4096 && file.project.size() <= 4096 && file.parent.size() <= 1024,
                  "texts keep to their bounds");
    fuzz::require(file.md5.empty() ||
                      (file.md5.size() == 32 && file.md5.find_first_not_of("0123456789abcdef") == std::string::npos),
                  "an MD5 is one");
}

void check_part(const SignedPart& part) {
    fuzz::require(!part.method.empty() && fuzz::is_word(part.method), "a method fits a request line");
    fuzz::require(part.url.tls() || part.url.loopback(), "no bytes go out in the open");
    fuzz::require(!part.success_codes.empty(), "a part has codes that mean success");
    for (const int code : part.success_codes)
        fuzz::require(code >= 100 && code <= 599, "a success code is a status");
    for (const HttpHeader& header : part.headers.list()) {
        fuzz::require(!header.name.empty() && fuzz::is_word(header.name) && is_header_text(header.value),
                      "a header fits its line");
        for (const char* own : {"Host", "Content-Length", "Connection", "Transfer-Encoding"})
            fuzz::require(!same_header_name(header.name, own), "framing is the transport's own");
    }
    for (const std::string& name : part.report_headers)
        fuzz::require(!name.empty() && fuzz::is_word(name), "a header to report has a name");
}

// Bodies of our own are JSON whatever they hold.
void check_bodies(const std::string& text) {
    InitRequest request;
    request.target.project = request.name = text;
    PartReport report;
    report.headers = {{"ETag", text}};
    for (const std::string& body : {init_body(request), report_body(report), complete_body({report, report})})
        fuzz::require(std::holds_alternative<Poco::Dynamic::Var>(parse_json(body)), "a body of ours is JSON");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string body(fuzz::view(data, size));
    if (const auto info = read_upload_info(body); usable(info))
        fuzz::require(!info->upload_id.empty() && fuzz::is_word(info->upload_id) && info->part_size >= 1 &&
                          info->part_size <= 5ull << 30,
                      "an upload's id and part size can be used");
    if (const auto part = read_signed_part(body); usable(part))
        check_part(*part);
    if (const auto file = read_remote_file(body); usable(file))
        check_file(*file);
    if (const auto folder = read_root_folder(body); usable(folder))
        fuzz::require(folder->size() <= 1024, "a folder's id keeps to its bound");
    if (const auto files = read_files(body); usable(files))
        for (const RemoteFile& file : files->items)
            check_file(file);
    if (const auto replies = read_file_replies(body, {"f1", "f2"}); usable(replies))
        for (const auto& reply : *replies)
            if (const auto* file = std::get_if<RemoteFile>(&reply))
                check_file(*file);
    if (const auto uploads = read_open_uploads(body); usable(uploads))
        for (const OpenUpload& upload : uploads->items)
            fuzz::require(!upload.upload_id.empty() && fuzz::is_word(upload.upload_id), "an upload's id fits a URL");
    if (is_utf8(body))
        check_bodies(body);
    return 0;
}
