#include "document/glob_walk.hpp"

#include "document/folder_listing.hpp"
#include "document/text.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace ferry {
namespace {

struct Component {
    enum class Kind { literal, pattern, any_folders };
    Kind kind;
    std::string text; // of a literal: the name itself
};

std::vector<Component> split(std::string_view pattern) {
    std::vector<Component> components;
    std::size_t begin = 0;
    while (begin < pattern.size()) {
        const std::size_t end = std::min(pattern.find('/', begin), pattern.size());
        const std::string_view text = pattern.substr(begin, end - begin);
        begin = end + 1;
        const bool repeated =
            text == "**" && !components.empty() && components.back().kind == Component::Kind::any_folders;
        if (text.empty() || text == "." || repeated)
            continue;
        if (text == "**")
            components.push_back({Component::Kind::any_folders, {}});
        else if (is_glob(text))
            components.push_back({Component::Kind::pattern, std::string(text)});
        else
            components.push_back({Component::Kind::literal, literal_of(text)});
    }
    return components;
}

// Every folder is listed once, with all components that its entries may match: so what is found comes in order, and
// once, without being collected first.
class GlobWalk {
  public:
    GlobWalk(std::string_view pattern, GlobFinds finds, GlobSink& sink)
        : components_(split(pattern))
        , folders_only_(pattern.ends_with('/'))
        , finds_(finds)
        , sink_(sink) {}

    void run(const std::string& start) {
        if (!components_.empty() && !(folders_only_ && finds_ == GlobFinds::files))
            walk(start.ends_with('/') ? start : start + '/', {0});
    }

  private:
    using Places = std::vector<std::size_t>; // in components_, ascending
    using Kind = FolderListing::Kind;

    bool last(std::size_t place) const { return place + 1 == components_.size(); }

    // `**` stands for no folder, too.
    void add_next(Places& places) const {
        for (std::size_t i = 0; i < places.size(); ++i)
            if (components_[places[i]].kind == Component::Kind::any_folders && !last(places[i]))
                places.push_back(places[i] + 1);
        std::sort(places.begin(), places.end());
        places.erase(std::unique(places.begin(), places.end()), places.end());
    }

    // `folder` ends with a slash; the components at `places` are to be matched in it.
    void walk(const std::string& folder, Places places) {
        add_next(places);
        const FolderListing listing = list(folder, places);
        for (std::size_t at = 0; at < listing.size() && !sink_.stopped(); ++at) {
            const std::string_view name = listing.name(at);
            std::string path = folder;
            path += name;
            if (!listing.inside(at)) {
                match(path, name, places);
            } else if (Places below = enter(path, name, listing.kind(at), places);
                       !below.empty() && sink_.enters(path)) {
                walk(path + '/', std::move(below));
            }
        }
    }

    FolderListing list(const std::string& folder, const Places& places) {
        const auto literal = [this](std::size_t place) { return components_[place].kind == Component::Kind::literal; };
        FolderListing listing;
        if (sink_.stopped())
            return listing;
        if (!std::ranges::all_of(places, literal)) {
            const int error = listing.read(folder);
            if (error != 0 && error != ENOENT && error != ENOTDIR)
                sink_.unreadable(printable(folder) + " cannot be listed");
        }
        // A literal need not be listed to be there: "..", or below a folder that can be entered and not be listed.
        for (const std::size_t place : places)
            if (literal(place) && !listing.has(components_[place].text))
                listing.add(components_[place].text, Kind::link);
        listing.sort();
        return listing;
    }

    bool matches(std::size_t place, std::string_view name) const {
        const Component& component = components_[place];
        switch (component.kind) {
        case Component::Kind::literal:
            return component.text == name;
        case Component::Kind::pattern:
            return matches_name(component.text, name);
        case Component::Kind::any_folders:
            return !name.starts_with('.');
        }
        return false;
    }

    void match(const std::string& path, std::string_view name, const Places& places) {
        for (const std::size_t place : places) {
            if (!last(place) || !matches(place, name))
                continue;
            struct stat info {};
            if (components_[place].kind != Component::Kind::literal || ::lstat(path.c_str(), &info) == 0)
                take(path);
            return;
        }
        look_hidden(path, name, places);
    }

    void look_hidden(const std::string& path, std::string_view name, const Places& places) {
        if (!name.starts_with('.') || name == "." || name == "..")
            return;
        const std::string seen = "_" + std::string(name);
        for (const std::size_t place : places)
            if (last(place) && components_[place].kind != Component::Kind::literal && matches(place, seen))
                return sink_.hidden(path);
    }

    // What is to be matched below an entry: nothing if it is not to be entered.
    Places enter(const std::string& path, std::string_view name, Kind kind, const Places& places) const {
        Places below;
        bool passed_by = false;
        for (const std::size_t place : places) {
            if (!matches(place, name))
                continue;
            if (components_[place].kind == Component::Kind::any_folders) {
                if (kind == Kind::folder) // no links: they may lead in circles
                    below.push_back(place);
                else
                    passed_by = true;
            } else if (!last(place) && (components_[place].kind == Component::Kind::literal || is_folder(path, kind))) {
                below.push_back(place + 1);
            }
        }
        if (passed_by && below.empty() && is_folder(path, kind))
            sink_.linked_folder(path);
        return below;
    }

    static bool is_folder(const std::string& path, Kind kind) {
        struct stat info {};
        return kind == Kind::folder || (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode));
    }

    void take(const std::string& path) {
        struct stat info {};
        if (::stat(path.c_str(), &info) != 0)
            return sink_.unreadable(printable(path) + (errno == ENOENT || errno == ELOOP
                                                           ? " is a link that leads nowhere"
                                                           : " cannot be examined"));
        if (finds_ == GlobFinds::everything) {
            if (!folders_only_ || S_ISDIR(info.st_mode))
                sink_.found(path);
            return;
        }
        if (S_ISDIR(info.st_mode))
            return;
        if (!S_ISREG(info.st_mode))
            return sink_.passed_over(printable(path) + " is not a regular file: passed over");
        if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0)
            return sink_.unreadable(printable(path) + " may not be read");
        sink_.found(path);
    }

    const std::vector<Component> components_;
    const bool folders_only_; // "a*/" can only mean folders
    const GlobFinds finds_;
    GlobSink& sink_;
};

class Collector final : public GlobSink {
  public:
    explicit Collector(const std::function<bool()>& stopped) : stopped_(stopped) {}
    void found(const std::string& path) override { result.paths.push_back(path); }
    void passed_over(const std::string& what) override { result.warnings.push_back(what); }
    void unreadable(const std::string& what) override { result.warnings.push_back(what + ": passed over"); }
    void hidden(const std::string&) override {}
    bool stopped() const override { return stopped_ && stopped_(); }

    GlobResult result;

  private:
    const std::function<bool()>& stopped_;
};

} // namespace

void walk_glob(const std::string& folder, const std::string& pattern, GlobFinds finds, GlobSink& sink) {
    GlobWalk(pattern, finds, sink).run(pattern.starts_with('/') ? "/" : folder);
}

GlobResult expand_glob(const std::string& folder, const std::string& pattern, GlobFinds finds,
                       const std::function<bool()>& stopped) {
    Collector collector(stopped);
    walk_glob(folder, pattern, finds, collector);
    return std::move(collector.result);
}

} // namespace ferry
