// The finished files and folders of all projects. Not thread-safe: under State::mutex.
#pragma once

#include "model/disk.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ferry::platform {

struct Node {
    std::string id; // 24 hex characters
    std::string name;
    std::string project;
    std::string parent; // empty: the root folder of its project
    bool folder = false;
    std::uint64_t size = 0;
    std::string md5;
    std::int64_t created_ms = 0;
    std::int64_t modified_ms = 0;
    std::map<std::string, std::string> metadata;
    std::vector<std::string> tags;
};

Json to_record(const Node& node);
Node from_record(const Json& record); // throws std::runtime_error

class FileTree {
  public:
    FileTree(const Disk& disk, const Clock& clock); // reads what is there

    void add_project(const std::string& project); // with its root folder; harmless if it is there
    bool has_project(const std::string& project) const { return roots_.contains(project); }
    std::vector<std::string> projects() const;
    std::string root_of(const std::string& project) const; // folder id

    const Node* find(const std::string& id) const; // valid until the next change
    const Node* child(const std::string& parent, const std::string& name) const;
    std::vector<const Node*> children(const std::string& parent) const; // by name
    std::vector<const Node*> all() const;

    const Node& add_folder(const std::string& parent, const std::string& name);
    // Takes an id whose content is in place already.
    const Node& add_file(Node node);
    void change(const Node& node); // all but place and name
    void move(const std::string& id, const std::string& parent, const std::string& name);
    void remove(const std::string& id); // with its content; a folder must be empty

    fs::path index_path(const Node& node) const;

  private:
    void load();
    void insert(const Node& node);
    void build_index(const Node& node);
    void touch(Node& node);

    const Disk& disk_;
    const Clock& clock_;
    std::map<std::string, std::string> roots_; // project to folder id
    std::map<std::string, Node> nodes_;
    std::map<std::string, std::map<std::string, std::string>> children_; // folder to name to id
};

} // namespace ferry::platform
