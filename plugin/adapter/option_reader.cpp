#include "option_reader.hpp"

#include "document/units.hpp"
#include "transfer/remote_path.hpp"

#include <Poco/Exception.h>
#include <Poco/JSON/Array.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace ferry {

namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

constexpr std::uint64_t least_part = 5ull << 20u; // contract 3
constexpr std::uint64_t most_part = 5ull << 30u;
constexpr std::uint64_t least_bandwidth = 16u << 10; // less is a forgotten unit

class Reader {
  public:
    explicit Reader(const Object& options) : fields_(options, out_.problems) {}

    ReadOptions run() {
        UploadOptions& upload = out_.upload;
        const Object& options = fields_.options();
        fields_.read_target(upload.target);
        if (const auto folder = fields_.text("folder"))
            upload.folder = clean(*folder, "/folder");
        upload.preserve_folders = options.getValue<bool>("preserve_folders");
        upload.base_dir = options.getValue<std::string>("base_dir");
        if (options.has("files"))
            read_files(options.getArray("files"), "/files", upload.files);
        upload.manifest = fields_.text("manifest");
        upload.receipts = fields_.text("receipts");
        upload.metadata = read_metadata(options, "");
        read_part_size(upload.part_size);
        read_bandwidth_limit(upload.bandwidth_limit);
        upload.parallel_parts = options.getValue<int>("parallel_parts");
        upload.conflict = conflict_of(options.getValue<std::string>("conflict"));
        upload.verify = options.getValue<std::string>("verify") == "none" ? Verify::none : Verify::etag;
        fields_.read_patience(upload);
        fields_.read_credentials(out_.credentials);
        return std::move(out_);
    }

  private:
    void read_files(const Array::Ptr& list, const std::string& pointer, std::vector<FileRequest>& files) {
        std::size_t index = 0;
        for (const Var& entry : *list) {
            const std::string place = pointer + '/' + std::to_string(index++);
            if (entry.type() == typeid(Array::Ptr)) {
                read_files(entry.extract<Array::Ptr>(), place, files); // as deep as the JSON reader lets it be
            } else if (entry.type() == typeid(Object::Ptr)) {
                const Object& file = *entry.extract<Object::Ptr>();
                auto folder = OptionFields::text_of(file, "folder");
                if (folder)
                    folder = clean(*folder, place + "/folder");
                auto name = OptionFields::text_of(file, "name");
                if (const std::string wrong = name ? name_problem(*name) : std::string(); !wrong.empty())
                    fields_.problem(place + "/name", *name, wrong);
                files.push_back({file.getValue<std::string>("path"), std::move(name), true, std::move(folder),
                                 read_metadata(file, place)});
            } else {
                files.push_back({entry.extract<std::string>(), std::nullopt, false});
            }
        }
    }

    std::string clean(const std::string& folder, const std::string& pointer) {
        auto path = clean_folder(folder);
        if (path.ok())
            return std::move(*path);
        fields_.problem(pointer, folder, path.error().message);
        return {};
    }

    // The members `metadata` and `tags` of the object at `pointer`.
    FileMetadata read_metadata(const Object& object, const std::string& pointer) {
        FileMetadata metadata;
        if (object.has("metadata"))
            read_pairs(*object.getObject("metadata"), pointer + "/metadata", metadata);
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

    void read_pairs(const Object& pairs, const std::string& pointer, FileMetadata& metadata) {
        for (const auto& [key, value] : pairs) {
            if (value.isEmpty()) // null is no value
                continue;
            const std::string place = pointer + '/' + pointer_token(key);
            const auto text = metadata_text(value);
            if (!text)
                throw Poco::DataFormatException("a value of metadata that is no text");
            for (const std::string& problem : {metadata_key_problem(key), metadata_value_problem(*text)})
                if (!problem.empty())
                    fields_.problem(place, key, problem);
            metadata.pairs[key] = *text;
        }
        if (metadata.pairs.size() > metadata_limits::pairs)
            fields_.problem(pointer, "metadata", too_many_pairs(metadata.pairs.size()));
    }

    // RFC 6901
    static std::string pointer_token(const std::string& key) {
        std::string token;
        for (const char c : key)
            token += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
        return token;
    }

    static std::optional<std::uint64_t> size_of(const Var& value) {
        if (value.isString())
            return parse_size(value.extract<std::string>());
        return value.convert<Poco::UInt64>();
    }

    void read_part_size(std::optional<std::uint64_t>& part_size) {
        const Var value = fields_.options().get("part_size");
        if (value.isString() && value.extract<std::string>() == "auto")
            return;
        part_size = size_of(value);
        if (!part_size || *part_size < least_part || *part_size > most_part)
            fields_.problem("/part_size", value.toString(), "auto, or a size from 5MiB to 5GiB");
    }

    void read_bandwidth_limit(std::optional<std::uint64_t>& limit) {
        if (!fields_.options().has("bandwidth_limit"))
            return;
        const Var value = fields_.options().get("bandwidth_limit");
        limit = size_of(value);
        if (!limit || *limit < least_bandwidth)
            fields_.problem("/bandwidth_limit", value.toString(), "bytes a second, at least 16KiB, such as 200MiB");
    }

    static Conflict conflict_of(const std::string& word) {
        if (word == "skip")
            return Conflict::skip;
        if (word == "rename")
            return Conflict::rename;
        return word == "overwrite" ? Conflict::overwrite : Conflict::fail;
    }

    ReadOptions out_;
    OptionFields fields_;
};

} // namespace

Result<ReadOptions> read_options(std::string_view json) {
    ReadOptions read;
    const Status good = read_with(json, "the upload", [&](const Object& options) { read = Reader(options).run(); });
    return good ? Result<ReadOptions>(std::move(read)) : good.error();
}

} // namespace ferry
