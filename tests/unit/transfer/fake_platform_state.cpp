// What a test sees and changes of the platform inside it.
#include "fake_platform.hpp"

#include <algorithm>
#include <utility>

namespace ferry::test {

void FakePlatform::wrong(std::string what) {
    wrongs_.push_back(std::move(what));
}

void FakePlatform::change_files(const std::function<void(std::vector<StoredFile>&)>& change) {
    std::lock_guard lock(mutex_);
    change(files_);
}

void FakePlatform::change_report(const std::string& upload, std::uint32_t part, std::string etag_of_part) {
    std::lock_guard lock(mutex_);
    uploads_.at(upload).reported[part] = std::move(etag_of_part);
}

void FakePlatform::lose_part(const std::string& upload, std::uint32_t part) {
    std::lock_guard lock(mutex_);
    uploads_.at(upload).lost = part;
}

void FakePlatform::begin_upload(const std::string& name, std::uint64_t size) {
    std::lock_guard lock(mutex_);
    const std::string id = "others-" + std::to_string(next_id_++);
    names_[id] = name;
    Upload& upload = uploads_[id];
    upload.name = name;
    upload.size = size;
    upload.part_size = part_size;
    upload.initiated = initiated;
    upload.reported[1] = md5_hex("theirs");
}

void FakePlatform::forget_upload(const std::string& upload) {
    std::lock_guard lock(mutex_);
    uploads_.erase(upload);
}

void FakePlatform::put_file(StoredFile file) {
    std::lock_guard lock(mutex_);
    files_.push_back(std::move(file));
}

std::vector<StoredFile> FakePlatform::files() const {
    std::lock_guard lock(mutex_);
    return files_;
}

std::string FakePlatform::content(std::string_view name) const {
    for (const StoredFile& file : files())
        if (file.name == name)
            return file.content;
    return "<none>";
}

std::vector<std::string> FakePlatform::paths() const {
    const std::vector<StoredFile> all = files();
    std::vector<std::string> found;
    for (const StoredFile& file : all) {
        if (file.folder)
            continue;
        std::string path = file.name;
        for (std::string parent = file.parent; !parent.empty();) {
            const auto folder =
                std::find_if(all.begin(), all.end(), [&](const StoredFile& one) { return one.id == parent; });
            path = folder->name + '/' + path;
            parent = folder->parent;
        }
        found.push_back(std::move(path));
    }
    std::sort(found.begin(), found.end());
    return found;
}

std::vector<std::string> FakePlatform::calls() const {
    std::lock_guard lock(mutex_);
    std::vector<std::string> texts;
    for (const Call& call : calls_)
        texts.push_back(call.text());
    return texts;
}

std::size_t FakePlatform::count(std::string_view kind) const {
    std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(
        std::count_if(calls_.begin(), calls_.end(), [&](const Call& call) { return call.kind == kind; }));
}

std::size_t FakePlatform::open_uploads() const {
    std::lock_guard lock(mutex_);
    return uploads_.size();
}

std::size_t FakePlatform::most_puts_at_once() const {
    std::lock_guard lock(mutex_);
    return most_puts_;
}

std::vector<std::string> FakePlatform::wrongs() const {
    std::lock_guard lock(mutex_);
    return wrongs_;
}

} // namespace ferry::test
