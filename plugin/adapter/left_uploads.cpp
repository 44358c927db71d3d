#include "left_uploads.hpp"

#include "document/strict_json.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

namespace ferry {

namespace {

using Poco::JSON::Array;
using Poco::JSON::Object;

constexpr std::size_t most_ids = 8;

// The same platform and token for the command as for the step, wherever it is run: names and paths, never a token.
Object::Ptr with_access(const PlatformTask<UploadOptions>& task) {
    Object::Ptr with = new Object(Poco::JSON_PRESERVE_KEY_ORDER);
    with->set("endpoint", endpoint_text(task.options));
    const CredentialOptions& given = task.credentials;
    if (given.profile)
        with->set("profile", *given.profile);
    if (given.token_env)
        with->set("token_env", *given.token_env);
    if (given.token_file)
        with->set("token_file",
                  given.token_file->starts_with('/') ? *given.token_file : task.work_dir + "/" + *given.token_file);
    return with;
}

Object::Ptr abort_task(const Object::Ptr& with) {
    Object::Ptr task = new Object(Poco::JSON_PRESERVE_KEY_ORDER);
    task->set("task", std::string("uploads-abort"));
    task->set("with", with);
    return task;
}

Object::Ptr drop_all(const PlatformTask<UploadOptions>& task) {
    Object::Ptr with = with_access(task);
    const Target& target = task.options.target;
    with->set(target.parent.empty() ? "project" : "parent", target.parent.empty() ? target.project : target.parent);
    with->set("older_than", 0);
    with->set("known", std::string("only"));
    return abort_task(with);
}

Object::Ptr drop_these(const PlatformTask<UploadOptions>& task, const std::vector<std::string>& upload_ids) {
    Array::Ptr ids = new Array;
    for (const std::string& id : upload_ids)
        ids->add(id);
    Object::Ptr with = with_access(task);
    with->set("upload_ids", ids);
    return abort_task(with);
}

} // namespace

std::string unfinished_json(const PlatformTask<UploadOptions>& task, const LeftUploads& left) {
    Object::Ptr unfinished = new Object(Poco::JSON_PRESERVE_KEY_ORDER);
    unfinished->set("uploads", static_cast<Poco::UInt64>(left.upload_ids.size()));
    unfinished->set("bytes", static_cast<Poco::UInt64>(left.bytes_stored));
    if (left.upload_ids.size() <= most_ids)
        unfinished->set("drop", drop_these(task, left.upload_ids));
    unfinished->set("drop_all", drop_all(task));
    return to_json(Poco::Dynamic::Var(unfinished));
}

} // namespace ferry
