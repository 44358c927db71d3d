// Folders on the platform.
#include "platform/platform_api.hpp"

#include "document/text.hpp"
#include "platform/api_json.hpp"

#include <utility>

namespace ferry {
namespace {

constexpr int looks = 3; // a listing may lag behind the folder that somebody has just made
constexpr Duration between_looks{1'000};

} // namespace

Result<RemoteFile> PlatformApi::make_folder(const Target& target, const std::string& name) {
    const std::string doing = "cannot make the folder " + printable(name, 255);
    RemoteFile folder;
    const Status made =
        perform({.operation = Operation::write, .method = "POST", .path = "/files", .body = folder_body(target, name)},
                into(folder, read_remote_file), doing);
    if (made)
        return folder;
    // Somebody was faster, or the answer to a try of our own was lost. A 409 says so; a 400 may.
    const bool there = made.error().kind == ErrorKind::conflict;
    if (!there && made.error().kind != ErrorKind::platform)
        return made.error();
    for (int i = 0; i < looks; ++i) {
        if (i > 0 && !context_.clock.wait_for(between_looks, cancel_))
            return stopped(doing);
        auto found = find_names(target, {name});
        if (!found.ok())
            return found.error();
        for (RemoteFile& entry : *found)
            if (entry.folder)
                return std::move(entry);
        if (!found->empty())
            return Error{ErrorKind::conflict, doing + ": a file on the platform has that name; choose another folder"};
        if (!there)
            return made.error();
    }
    return Error{ErrorKind::platform, doing + ": the platform says that it is there, and does not list it; run again"};
}

} // namespace ferry
