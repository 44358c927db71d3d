#include "verify/remote_records.hpp"

#include "document/text.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace ferry {
namespace {

constexpr std::size_t ids_per_call = 100;

// What one file's answer tells. An error that all others would meet, too, is no file's own.
bool is_files_own(const Error& error) {
    return error.kind == ErrorKind::not_found || error.kind == ErrorKind::rights || error.kind == ErrorKind::platform;
}

RemoteRecord record_of(const Result<RemoteFile>& answer) {
    if (!answer.ok())
        return {.state = answer.error().kind == ErrorKind::not_found ? RecordState::missing : RecordState::not_told,
                .why = answer.error().kind == ErrorKind::not_found
                           ? "is not on the platform any more"
                           : "cannot be looked up on the platform: " + answer.error().message};
    if (answer->folder)
        return {.state = RecordState::missing, .why = "is a folder on the platform"};
    return {.state = RecordState::found, .file = *answer};
}

bool may_become(const OpenUpload& upload, const VerifyItem& item, const Target& target) {
    if (upload.name != item.name)
        return false;
    const std::string& project = item.target.project.empty() ? target.project : item.target.project;
    if (!upload.parent.empty() && !item.target.parent.empty())
        return upload.parent == item.target.parent;
    return upload.project.empty() || project.empty() || upload.project == project;
}

} // namespace

Result<std::vector<RemoteRecord>> RemoteRecords::of(const std::vector<VerifyItem>& items) {
    Records records(items.size());
    if (const Status found = find_ids(items, records); !found)
        return found.error();
    if (const Status found = find_names(items, records); !found)
        return found.error();
    // A short answer lacks the size.
    for (RemoteRecord& record : records) {
        if (record.state != RecordState::found || record.file.size)
            continue;
        const auto full = api_.file(record.file.id);
        if (!full.ok() && !is_files_own(full.error()))
            return full.error();
        record = record_of(full);
    }
    if (const Status explained = explain_missing(items, records); !explained)
        return explained.error();
    return records;
}

Status RemoteRecords::find_ids(const std::vector<VerifyItem>& items, Records& records) {
    std::map<std::string, std::vector<std::size_t>> wanted; // items of an id
    for (std::size_t i = 0; i < items.size(); ++i)
        if (!items[i].id.empty())
            wanted[items[i].id].push_back(i);
    for (auto next = wanted.begin(); next != wanted.end();) {
        const auto first = next;
        std::vector<std::string> ids;
        for (; next != wanted.end() && ids.size() < ids_per_call; ++next)
            ids.push_back(next->first);
        const auto answers = api_.files(ids);
        if (!answers.ok())
            return answers.status();
        auto of_id = first;
        for (const Result<RemoteFile>& answer : *answers) {
            if (!answer.ok() && !is_files_own(answer.error()))
                return answer.status();
            for (const std::size_t i : of_id->second)
                records[i] = record_of(answer);
            ++of_id;
        }
    }
    return {};
}

Status RemoteRecords::find_names(const std::vector<VerifyItem>& items, Records& records) {
    std::set<std::string> folders;
    std::map<std::string, std::vector<std::size_t>> in_folder;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!items[i].id.empty())
            continue;
        folders.insert(items[i].folder);
        in_folder[items[i].folder].push_back(i);
    }
    if (folders.empty())
        return {};
    if (const Status looked = folders_.look_up(api_, folders); !looked)
        return looked;
    for (const auto& [folder, chosen] : in_folder) {
        const auto target = folders_.known(folder);
        for (const std::size_t i : chosen)
            records[i].why = target ? "is not on the platform"
                                    : "is not on the platform, which has no folder " + printable(folder) + " there";
        if (!target)
            continue;
        if (const Status found = find_in(*target, items, chosen, records); !found)
            return found;
    }
    return {};
}

Status RemoteRecords::find_in(const Target& folder, const std::vector<VerifyItem>& items,
                              const std::vector<std::size_t>& chosen, Records& records) {
    std::set<std::string> names;
    for (const std::size_t i : chosen)
        names.insert(items[i].name);
    auto found = api_.find_names(folder, {names.begin(), names.end()});
    if (!found.ok())
        return found.status();
    std::unordered_map<std::string, RemoteFile> by_name;
    for (RemoteFile& file : *found) {
        std::string name = file.name;
        const auto [place, added] = by_name.try_emplace(std::move(name), file);
        if (!added && place->second.folder)
            place->second = std::move(file);
    }
    for (const std::size_t i : chosen)
        if (const auto there = by_name.find(items[i].name); there != by_name.end())
            records[i] = record_of(there->second);
    return {};
}

// What was never finished looks lost.
Status RemoteRecords::explain_missing(const std::vector<VerifyItem>& items, Records& records) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (records[i].state != RecordState::missing)
            continue;
        if (!open_) {
            auto listed = api_.open_uploads();
            if (!listed.ok() && !is_files_own(listed.error()))
                return listed.status();
            open_ = listed.ok() ? std::move(*listed) : std::vector<OpenUpload>();
        }
        const auto open = std::find_if(open_->begin(), open_->end(),
                                       [&](const OpenUpload& one) { return may_become(one, items[i], target_); });
        if (open != open_->end())
            records[i].why +=
                "; upload " + printable(open->upload_id, 100) + " of that name is not finished: run its step again";
    }
    return {};
}

} // namespace ferry
