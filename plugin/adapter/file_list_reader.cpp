#include "file_list_reader.hpp"

#include "transfer/remote_path.hpp"

#include <Poco/Exception.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace ferry {

namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

// RFC 6901
std::string pointer_token(const std::string& key) {
    std::string token;
    for (const char c : key)
        token += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return token;
}

void read_pairs(const Object& pairs, const std::string& pointer, OptionFields& fields, FileMetadata& metadata) {
    for (const auto& [key, value] : pairs) {
        if (value.isEmpty()) // null is no value
            continue;
        const std::string place = pointer + '/' + pointer_token(key);
        const auto text = metadata_text(value);
        if (!text)
            throw Poco::DataFormatException("a value of metadata that is no text");
        for (const std::string& problem : {metadata_key_problem(key), metadata_value_problem(*text)})
            if (!problem.empty())
                fields.problem(place, key, problem);
        metadata.pairs[key] = *text;
    }
    if (metadata.pairs.size() > metadata_limits::pairs)
        fields.problem(pointer, "metadata", too_many_pairs(metadata.pairs.size()));
}

} // namespace

std::string read_folder(const std::string& folder, const std::string& pointer, OptionFields& fields) {
    auto path = clean_folder(folder);
    if (path.ok())
        return std::move(*path);
    fields.problem(pointer, folder, path.error().message);
    return {};
}

FileMetadata read_metadata(const Object& object, const std::string& pointer, OptionFields& fields) {
    FileMetadata metadata;
    if (object.has("metadata"))
        read_pairs(*object.getObject("metadata"), pointer + "/metadata", fields, metadata);
    if (!object.has("tags"))
        return metadata;
    metadata.tags.emplace();
    const Array::Ptr tags = object.getArray("tags");
    for (const Var& tag : *tags)
        if (std::string text = tag.extract<std::string>();
            std::find(metadata.tags->begin(), metadata.tags->end(), text) == metadata.tags->end())
            metadata.tags->push_back(std::move(text));
    return metadata;
}

void read_files(const Array::Ptr& list, const std::string& pointer, OptionFields& fields,
                std::vector<FileRequest>& files) {
    std::size_t index = 0;
    for (const Var& entry : *list) {
        const std::string place = pointer + '/' + std::to_string(index++);
        if (entry.type() == typeid(Array::Ptr)) {
            read_files(entry.extract<Array::Ptr>(), place, fields, files); // as deep as the JSON reader lets it be
        } else if (entry.type() == typeid(Object::Ptr)) {
            const Object& file = *entry.extract<Object::Ptr>();
            auto folder = OptionFields::text_of(file, "folder");
            if (folder)
                folder = read_folder(*folder, place + "/folder", fields);
            auto name = OptionFields::text_of(file, "name");
            if (const std::string wrong = name ? name_problem(*name) : std::string(); !wrong.empty())
                fields.problem(place + "/name", *name, wrong);
            files.push_back({file.getValue<std::string>("path"), std::move(name), true, std::move(folder),
                             read_metadata(file, place, fields)});
        } else {
            files.push_back({entry.extract<std::string>(), std::nullopt, false});
        }
    }
}

} // namespace ferry
