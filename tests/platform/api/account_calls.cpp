#include "api/handlers.hpp"

#include <limits>

namespace ferry::platform {
namespace {

JsonObject::Ptr show_project(const State& state, const std::string& project) {
    JsonObject::Ptr shown = new_object();
    shown->set("href", href(state, "/projects/" + project));
    shown->set("id", project);
    shown->set("name", project.substr(project.find('/') + 1));
    shown->set("type", "v2");
    shown->set("root_folder", state.tree.root_of(project));
    JsonObject::Ptr permissions = new_object();
    for (const char* right : {"read", "copy", "execute", "admin"})
        permissions->set(right, true);
    permissions->set("write", state.settings.may_write);
    shown->set("permissions", permissions);
    return shown;
}

} // namespace

Reply get_root(Call& call) {
    JsonObject::Ptr body = new_object();
    for (const auto& [key, path] :
         {std::pair("rate_limit_url", "/rate_limit"), std::pair("user_url", "/user"), std::pair("users_url", "/users"),
          std::pair("billing_url", "/billing"), std::pair("projects_url", "/projects"),
          std::pair("files_url", "/files"), std::pair("tasks_url", "/tasks"), std::pair("apps_url", "/apps"),
          std::pair("action_url", "/action"), std::pair("upload_url", "/upload"), std::pair("storage_url", "/storage")})
        body->set(key, href(call.state, path));
    Reply reply;
    reply.body = body;
    return reply;
}

Reply get_rate_limit(Call& call) {
    const Quota::View seen = call.state.quota.look(call.state.settings.token);
    JsonObject::Ptr rate = new_object();
    rate->set("limit", static_cast<Poco::UInt64>(seen.limit));
    rate->set("remaining", static_cast<Poco::UInt64>(seen.remaining));
    const std::int64_t seconds = (seen.reset_ms + 999) / 1000;
    rate->set("reset", static_cast<Poco::Int64>(call.state.settings.rate_reset_ms ? seen.reset_ms : seconds));
    JsonObject::Ptr instances = new_object();
    instances->set("limit", -1);
    instances->set("remaining", std::numeric_limits<Poco::Int64>::max());
    JsonObject::Ptr body = new_object();
    body->set("rate", rate);
    body->set("instance_limit", instances);
    Reply reply;
    reply.body = body;
    return reply;
}

Reply get_user(Call& call) {
    const std::string& project = call.state.settings.project;
    const std::string name = project.substr(0, project.find('/'));
    JsonObject::Ptr body = new_object();
    body->set("href", href(call.state, "/users/" + name));
    body->set("username", name);
    body->set("email", name + "@example.org");
    Reply reply;
    reply.body = body;
    return reply;
}

Reply list_projects(Call& call) {
    return page(call, call.state.tree.projects(),
                [&](const std::string& project) { return show_project(call.state, project); });
}

Reply get_project(Call& call) {
    const std::string id = call.captured[0] + "/" + call.captured[1];
    need_project_root(call, id, 3012);
    Reply reply;
    reply.body = show_project(call.state, id);
    return reply;
}

Reply refuse_project_id(Call&) {
    throw ApiError{400, 3012, "The project id must be owner/project."};
}

} // namespace ferry::platform
