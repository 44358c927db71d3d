#include "api/handlers.hpp"

#include <array>

namespace ferry::platform {
namespace {

constexpr std::array routes{
    Route{"GET", "", "root", get_root},
    Route{"GET", "rate_limit", "rate_limit", get_rate_limit},
    Route{"GET", "user", "user", get_user},
    Route{"GET", "projects", "projects", list_projects},
    Route{"GET", "projects/*", "project", refuse_project_id},
    Route{"GET", "projects/*/*", "project", get_project},
    Route{"POST", "upload/multipart", "init", init_upload},
    Route{"GET", "upload/multipart", "list", list_uploads},
    Route{"GET", "upload/multipart/*", "details", get_upload},
    Route{"POST", "upload/multipart/*", "report_many", report_parts},
    Route{"DELETE", "upload/multipart/*", "abort", abort_upload},
    Route{"POST", "upload/multipart/*/part", "report", report_part},
    Route{"GET", "upload/multipart/*/part/*", "sign", sign_part},
    Route{"POST", "upload/multipart/*/complete", "complete", complete_upload},
    Route{"GET", "files", "files", list_files},
    Route{"POST", "files", "create_folder", create_folder},
    Route{"GET", "files/*", "file", get_file},
    Route{"PATCH", "files/*", "update_file", update_file},
    Route{"DELETE", "files/*", "delete_file", delete_file},
    Route{"GET", "files/*/list", "list_folder", list_folder},
    Route{"POST", "files/*/actions/move", "move", move_file},
    Route{"GET", "files/*/metadata", "metadata", get_metadata},
    Route{"PATCH", "files/*/metadata", "metadata", patch_metadata},
    Route{"PUT", "files/*/metadata", "metadata", put_metadata},
    Route{"GET", "files/*/tags", "tags", get_tags},
    Route{"PUT", "files/*/tags", "tags", put_tags},
    Route{"POST", "bulk/files/edit", "bulk_edit", bulk_edit},
    Route{"POST", "bulk/files/update", "bulk_update", bulk_update},
    Route{"POST", "bulk/files/get", "bulk_get", bulk_get},
    Route{"POST", "bulk/files/delete", "bulk_delete", bulk_delete},
};

bool fits(std::string_view pattern, const Target& target, std::vector<std::string>& captured) {
    captured.clear();
    std::size_t index = 1; // after "v2"
    while (!pattern.empty()) {
        const auto slash = pattern.find('/');
        const std::string_view piece = pattern.substr(0, slash);
        pattern.remove_prefix(slash == std::string_view::npos ? pattern.size() : slash + 1);
        if (index >= target.segments.size())
            return false;
        const std::string& segment = target.segments[index++];
        if (piece == "*")
            captured.push_back(segment);
        else if (piece != segment)
            return false;
    }
    return index == target.segments.size();
}

} // namespace

const Route* find_route(const std::string& method, const Target& target, std::vector<std::string>& captured,
                        bool& path_known) {
    path_known = false;
    if (target.segments.empty() || target.segments.front() != "v2")
        return nullptr;
    for (const Route& route : routes) {
        if (!fits(route.pattern, target, captured))
            continue;
        path_known = true;
        if (route.method == method)
            return &route;
    }
    return nullptr;
}

} // namespace ferry::platform
