// One function per API call, each with State::mutex held; they throw ApiError to refuse.
#pragma once

#include "api/call.hpp"

#include <string>
#include <string_view>

namespace ferry::platform {

Reply get_root(Call& call);
Reply get_rate_limit(Call& call);
Reply get_user(Call& call);
Reply list_projects(Call& call);
Reply get_project(Call& call);
Reply refuse_project_id(Call& call);

Reply init_upload(Call& call);
Reply list_uploads(Call& call);
Reply get_upload(Call& call);
Reply sign_part(Call& call);
Reply report_part(Call& call);
Reply report_parts(Call& call);
Reply complete_upload(Call& call);
Reply abort_upload(Call& call);

Reply list_files(Call& call);
Reply list_folder(Call& call);
Reply get_file(Call& call);
Reply create_folder(Call& call);
Reply update_file(Call& call);
Reply delete_file(Call& call);
Reply move_file(Call& call);

Reply get_metadata(Call& call);
Reply patch_metadata(Call& call);
Reply put_metadata(Call& call);
Reply get_tags(Call& call);
Reply put_tags(Call& call);

Reply bulk_edit(Call& call);
Reply bulk_update(Call& call);
Reply bulk_get(Call& call);
Reply bulk_delete(Call& call);

// Shared by the handlers of files, metadata and bulk calls; all throw ApiError.
const Node& need_node(const Call& call, const std::string& id);
const Node& need_folder(const Call& call, const std::string& id); // 5026 and 5022
void need_right_to_write(const Call& call);                       // 3001
std::string need_project_root(const Call& call, const std::string& project, int malformed_code);
void check_file_name(const std::string& name);
void check_free(const Call& call, const std::string& parent, const std::string& name);
void change_metadata(const Call& call, Node& node, const Json& given, bool keep_others);
void change_tags(Node& node, const Json& given);
void erase_node(Call& call, const std::string& id);

// Shared by the upload handlers.
Upload& need_upload(Call& call);
// Takes {"part_number", "response": {"headers": {"ETag"}}} into the upload.
void take_report(Call& call, Upload& upload, const Json& report);
void take_reports(Call& call, Upload& upload, const Json& parts); // an array of them

struct Route {
    std::string_view method;
    std::string_view pattern; // below /v2, "*" for one segment
    std::string_view operation;
    Reply (*handler)(Call&);
};

// The route of a call, with the stars' values in `captured`. Without one, null and whether the path is known at all.
const Route* find_route(const std::string& method, const Target& target, std::vector<std::string>& captured,
                        bool& path_known);

} // namespace ferry::platform
