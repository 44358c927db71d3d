#include "option_reader.hpp"

#include "document/units.hpp"

#include <Poco/JSON/Array.h>

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
        read_files(options.getArray("files"), upload.files);
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
    void read_files(const Array::Ptr& list, std::vector<FileRequest>& files) {
        for (const Var& entry : *list) {
            if (entry.type() == typeid(Array::Ptr)) {
                read_files(entry.extract<Array::Ptr>(), files); // as deep as the JSON reader lets it be
            } else if (entry.type() == typeid(Object::Ptr)) {
                const Object& file = *entry.extract<Object::Ptr>();
                files.push_back({file.getValue<std::string>("path"), OptionFields::text_of(file, "name"), true});
            } else {
                files.push_back({entry.extract<std::string>(), std::nullopt, false});
            }
        }
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
