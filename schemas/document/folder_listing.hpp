// The entries of one folder, kept small: a folder may hold hundreds of thousands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

class FolderListing {
  public:
    enum class Kind : std::uint8_t { other, folder, link }; // link: may lead to a folder, or the kind is not known

    // 0, or the errno for which the folder cannot be listed. Without "." and "..".
    int read(const std::string& folder);
    void add(std::string_view name, Kind kind);
    // In the order of bytes that whole paths have, where what is below a folder comes after "folder/"; each name once.
    void sort();

    bool has(std::string_view name) const;
    std::size_t size() const { return entries_.size(); }
    std::string_view name(std::size_t at) const;
    Kind kind(std::size_t at) const { return entries_[at].kind; }
    // True for the entry's place as a folder to be entered; false for the place of the entry itself.
    bool inside(std::size_t at) const { return entries_[at].inside; }

  private:
    struct Entry {
        std::uint32_t begin; // in names_
        std::uint16_t length;
        Kind kind;
        bool inside;
    };
    bool before(const Entry& a, const Entry& b) const;

    std::string names_;
    std::vector<Entry> entries_;
};

} // namespace ferry
