// The records of up to a hundred files in one call, each answered for itself (contract 5).
#include "platform/platform_api.hpp"

#include "document/units.hpp"
#include "platform/api_json.hpp"

#include <utility>

namespace ferry {
namespace {

// Of one item: here 401 and 403 tell of a file, not of the token.
ErrorKind file_error_kind(int status) {
    if (status == 404)
        return ErrorKind::not_found;
    return status == 401 || status == 403 ? ErrorKind::rights : ErrorKind::platform;
}

} // namespace

Result<std::vector<Result<RemoteFile>>> PlatformApi::files(const std::vector<std::string>& ids) {
    FileReplies replies;
    const Status got = perform(
        {.operation = Operation::read, .method = "POST", .path = "/bulk/files/get", .body = ids_body(ids)},
        [&](const HttpResponse& response) -> Status {
            auto read = read_file_replies(response.body, ids);
            if (!read.ok())
                return read.error();
            replies = std::move(*read);
            return {};
        },
        "cannot read the records of " + count_of(ids.size(), "file"));
    if (!got)
        return got.error();
    std::vector<Result<RemoteFile>> files;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (auto* found = std::get_if<RemoteFile>(&replies[i])) {
            files.emplace_back(std::move(*found));
            continue;
        }
        const auto& refused = std::get<HttpResponse>(replies[i]);
        if (refused.status == 429 || refused.status >= 500) // goes by, and a call of its own is tried again until then
            files.push_back(file(ids[i]));
        else
            files.emplace_back(Error{file_error_kind(refused.status), describe(Operation::read, HttpOutcome(refused))});
    }
    return files;
}

} // namespace ferry
