// The JSON of the platform's calls: request bodies built, answers read field by field. Every field of an answer is
// taken for hostile: wrong types, sizes and characters are errors or absent, never surprises further in.
#pragma once

#include "platform/platform_api.hpp"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ferry {

std::string init_body(const InitRequest& request);
std::string folder_body(const Target& target, const std::string& name);
std::string report_body(const PartReport& part);
std::string complete_body(const std::vector<PartReport>& parts);
std::string edit_body(const std::vector<FileEdit>& edits, EditKey key);

// Errors have no subject: "it has no usable 'upload_id'". Their kind is platform, or invalid for what no further try
// can better: a signed URL that must not be used.
Result<UploadInfo> read_upload_info(const std::string& body);
Result<UploadState> read_upload_state(const std::string& body); // parts that make no sense are left out
Result<SignedPart> read_signed_part(const std::string& body);
Result<RemoteFile> read_remote_file(const std::string& body);
Result<std::string> read_root_folder(const std::string& body); // of a project; empty if it names none
// Of a project, for whose token it is; nullopt if it does not tell.
Result<std::optional<bool>> read_may_write(const std::string& body);

// One reply for each edit, in their order; an answer that has another number of them, or other files, is unusable.
Result<EditReplies> read_edit_replies(const std::string& body, const std::vector<FileEdit>& edits);

template <class T> struct Page {
    std::vector<T> items;
    bool more = false; // a link to the next page is there; its href is never followed
};
Result<Page<RemoteFile>> read_files(const std::string& body);

// One reply for each id, in their order: the file, or the refusal as the answer that it would be alone. An answer that
// has another number of them, or other files, is unusable.
using FileReplies = std::vector<std::variant<RemoteFile, HttpResponse>>;
std::string ids_body(const std::vector<std::string>& ids);
Result<FileReplies> read_file_replies(const std::string& body, const std::vector<std::string>& ids);
Result<Page<OpenUpload>> read_open_uploads(const std::string& body);

// A reader of answers that parses their body into `out`, which must outlive it.
template <class T> auto into(T& out, Result<T> (*parse)(const std::string&)) {
    return [&out, parse](const HttpResponse& response) -> Status {
        Result<T> parsed = parse(response.body);
        if (!parsed.ok())
            return parsed.error();
        out = std::move(parsed).value();
        return {};
    };
}

} // namespace ferry
