#include "model/file_tree.hpp"

#include "model/ids.hpp"

#include <system_error>

namespace ferry::platform {

FileTree::FileTree(const Disk& disk, const Clock& clock) : disk_(disk), clock_(clock) {
    load();
}

void FileTree::load() {
    std::map<std::string, Node> found;
    for (const fs::path& path : disk_.records()) {
        if (path.extension() != ".json")
            continue;
        Node node = from_record(read_json(path));
        if (node.folder || fs::exists(disk_.content(node.id)))
            found.emplace(node.id, std::move(node));
    }
    // What an earlier run that was killed had put together and not yet recorded.
    for (const fs::path& path : disk_.contents())
        if (!found.contains(path.filename().string()))
            fs::remove(path);
    for (const auto& [id, node] : found)
        add_project(node.project);
    for (const auto& [id, node] : found)
        insert(node);
    // The index is made anew, so that it is right however the earlier run ended.
    fs::remove_all(disk_.projects());
    for (const auto& [project, id] : roots_)
        fs::create_directories(disk_.projects() / project);
    for (const auto& [id, node] : nodes_)
        build_index(node);
}

void FileTree::insert(const Node& node) {
    nodes_[node.id] = node;
    if (!node.parent.empty())
        children_[node.parent][node.name] = node.id;
}

void FileTree::add_project(const std::string& project) {
    if (has_project(project))
        return;
    Node root;
    // The same in every run without a record of its own.
    root.id = md5_hex("root of " + project).substr(0, 24);
    root.project = project;
    root.folder = true;
    root.created_ms = root.modified_ms = clock_.now_ms();
    roots_[project] = root.id;
    insert(root);
    fs::create_directories(disk_.projects() / project);
}

std::vector<std::string> FileTree::projects() const {
    std::vector<std::string> names;
    for (const auto& [project, id] : roots_)
        names.push_back(project);
    return names;
}

std::string FileTree::root_of(const std::string& project) const {
    return roots_.at(project);
}

const Node* FileTree::find(const std::string& id) const {
    const auto found = nodes_.find(id);
    return found == nodes_.end() ? nullptr : &found->second;
}

const Node* FileTree::child(const std::string& parent, const std::string& name) const {
    const auto folder = children_.find(parent);
    if (folder == children_.end())
        return nullptr;
    const auto found = folder->second.find(name);
    return found == folder->second.end() ? nullptr : find(found->second);
}

std::vector<const Node*> FileTree::children(const std::string& parent) const {
    std::vector<const Node*> found;
    if (const auto folder = children_.find(parent); folder != children_.end())
        for (const auto& [name, id] : folder->second)
            found.push_back(&nodes_.at(id));
    return found;
}

std::vector<const Node*> FileTree::all() const {
    std::vector<const Node*> found;
    for (const auto& [id, node] : nodes_)
        found.push_back(&node);
    return found;
}

fs::path FileTree::index_path(const Node& node) const {
    if (node.parent.empty())
        return disk_.projects() / node.project;
    return index_path(nodes_.at(node.parent)) / index_name(node.name, node.id);
}

void FileTree::build_index(const Node& node) {
    const fs::path path = index_path(node);
    if (node.folder) {
        fs::create_directories(path);
        return;
    }
    fs::create_directories(path.parent_path());
    link_content(disk_.content(node.id), path);
}

const Node& FileTree::add_folder(const std::string& parent, const std::string& name) {
    Node node;
    node.id = random_hex(24);
    node.name = name;
    node.parent = parent;
    node.project = nodes_.at(parent).project;
    node.folder = true;
    node.created_ms = node.modified_ms = clock_.now_ms();
    write_json(disk_.record(node.id), to_record(node));
    insert(node);
    build_index(node);
    return nodes_.at(node.id);
}

const Node& FileTree::add_file(Node node) {
    node.project = nodes_.at(node.parent).project;
    node.created_ms = node.modified_ms = clock_.now_ms();
    write_json(disk_.record(node.id), to_record(node));
    insert(node);
    build_index(node);
    return nodes_.at(node.id);
}

void FileTree::touch(Node& node) {
    node.modified_ms = clock_.now_ms();
    write_json(disk_.record(node.id), to_record(node));
}

void FileTree::change(const Node& node) {
    Node& known = nodes_.at(node.id);
    known.metadata = node.metadata;
    known.tags = node.tags;
    touch(known);
}

void FileTree::move(const std::string& id, const std::string& parent, const std::string& name) {
    Node& node = nodes_.at(id);
    const fs::path before = index_path(node);
    children_[node.parent].erase(node.name);
    node.parent = parent;
    node.name = name;
    children_[parent][name] = id;
    fs::rename(before, index_path(node));
    touch(node);
}

void FileTree::remove(const std::string& id) {
    const Node node = nodes_.at(id);
    std::error_code ignored;
    fs::remove(disk_.record(id), ignored);
    fs::remove(index_path(node), ignored);
    if (!node.folder)
        fs::remove(disk_.content(id), ignored);
    children_[node.parent].erase(node.name);
    nodes_.erase(id);
}

} // namespace ferry::platform
