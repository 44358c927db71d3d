#include "option_reader.hpp"

#include "document/units.hpp"
#include "file_list_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace ferry {

namespace {

using Poco::Dynamic::Var;
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
            upload.folder = read_folder(*folder, "/folder", fields_);
        upload.preserve_folders = options.getValue<bool>("preserve_folders");
        upload.base_dir = options.getValue<std::string>("base_dir");
        if (options.has("files"))
            read_files(options.getArray("files"), "/files", fields_, upload.files);
        upload.manifest = fields_.text("manifest");
        upload.receipts = fields_.text("receipts");
        upload.metadata = read_metadata(options, "", fields_);
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
