#include "workflow/step_files.hpp"

#include "document/glob.hpp"
#include "document/text.hpp"
#include "schema/place.hpp"
#include "tasks/command_files.hpp"

#include <unistd.h>

#include <set>

namespace ferry {

namespace {

void collect(const Json& value, const Place& place, StepFiles& files) {
    if (const auto object = object_of(value)) {
        for (const auto& [name, item] : *object)
            collect(item, place.child(name), files);
    } else if (const auto array = array_of(value)) {
        std::size_t index = 0;
        for (const Json& item : *array)
            collect(item, place.item(index++), files);
    } else if (kind_of(value) == JsonKind::text) {
        const std::string role = place.keyword("x-file");
        if (role == "input")
            files.inputs.push_back({text_of(value), place.has_format("glob")});
        else if (role == "output")
            files.outputs.push_back({text_of(value), place.has_format("glob")});
    }
}

// A task may take a text for a path where such a file exists, and for a pattern else: both are looked at.
std::vector<std::string> paths_of(const DeclaredFile& file, const std::string& work_dir,
                                  const std::function<bool()>& stopped) {
    if (!file.glob)
        return {absolute_path(work_dir, file.text)};
    if (!is_glob(file.text))
        return {absolute_path(work_dir, literal_of(file.text))};
    std::vector<std::string> paths = expand_glob(work_dir, file.text, GlobFinds::everything, stopped).paths;
    std::string literal = absolute_path(work_dir, file.text);
    if (::access(literal.c_str(), F_OK) == 0)
        paths.push_back(std::move(literal));
    return paths;
}

} // namespace

StepFiles files_of(const Step& step, const JsonObject& options) {
    StepFiles files;
    const Place place(step.validator);
    for (const auto& [name, value] : options)
        collect(value, place.child(name), files);
    files.by_content = text_of(options.get("fingerprint")) == "content";
    return files;
}

std::variant<std::vector<FilePrint>, NoPrints> prints_of(const std::vector<DeclaredFile>& files,
                                                         const std::string& work_dir, bool by_content,
                                                         const std::function<bool()>& stopped) {
    std::vector<FilePrint> prints;
    std::set<std::string> seen;
    for (const DeclaredFile& file : files) {
        for (std::string& path : paths_of(file, work_dir, stopped)) {
            if (!seen.insert(path).second)
                continue;
            if (!is_utf8(path))
                return NoPrints{"the name of its file " + printable(path, 600) + " is not valid UTF-8"};
            auto print = print_of(path, by_content, stopped);
            if (!print && !stopped())
                return NoPrints{"its file " + printable(path, 600) + " cannot be read"};
            if (!print)
                break;
            prints.push_back(*std::move(print));
        }
        if (stopped())
            return NoPrints{"the run was stopped while its files were looked at"};
    }
    return prints;
}

} // namespace ferry
