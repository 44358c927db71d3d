#include "transfer/file_result.hpp"

namespace ferry {

FileResult file_result(const PlannedFile& file, const Target& target, const RemoteFile& remote) {
    FileResult result;
    result.position = file.position;
    result.path = file.path;
    result.name = remote.name.empty() ? file.name : remote.name;
    result.id = remote.id;
    result.size = file.identity.size;
    result.project = remote.project.empty() ? target.project : remote.project;
    result.parent = remote.parent.empty() ? target.parent : remote.parent;
    result.asked_name = file.remote();
    result.metadata = file.metadata;
    return result;
}

} // namespace ferry
