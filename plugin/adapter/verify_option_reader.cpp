#include "verify_option_reader.hpp"

#include "file_list_reader.hpp"
#include "platform/json_fields.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace ferry {

namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

void read_uploaded(const Array::Ptr& list, const std::string& pointer, OptionFields& fields,
                   std::vector<VerifyItem>& items) {
    std::size_t index = 0;
    for (const Var& entry : *list) {
        const std::string place = pointer + '/' + std::to_string(index++);
        if (entry.type() == typeid(Array::Ptr)) {
            read_uploaded(entry.extract<Array::Ptr>(), place, fields, items); // as deep as the JSON reader lets it be
            continue;
        }
        const auto object = JsonFields::from(entry);
        auto item = object ? read_receipt(*object) : Result<VerifyItem>(ErrorKind::invalid, "it is no object");
        if (item.ok())
            items.push_back(std::move(*item));
        else
            fields.problem(place, object ? object->text("path", 4096).value_or("") : "",
                           item.error().message + "; take the entry as the output files of upload has it");
    }
}

void read_named(OptionFields& fields, VerifyOptions& verify) {
    const Object& options = fields.options();
    fields.read_target(verify.target);
    if (const auto folder = fields.text("folder"))
        verify.folder = read_folder(*folder, "/folder", fields);
    verify.preserve_folders = options.getValue<bool>("preserve_folders");
    verify.base_dir = options.getValue<std::string>("base_dir");
    if (!options.has("files"))
        return;
    read_files(options.getArray("files"), "/files", fields, verify.files);
    if (options.has("project") && options.has("parent"))
        fields.problem("/parent", verify.target.parent, "either project or parent, as for the upload");
    if (!options.has("project") && !options.has("parent"))
        fields.problem("/files", "files",
                       "project (or parent) too, to look for them there; or receipts of their upload instead");
}

void read_by(OptionFields& fields, VerifyOptions& verify) {
    const Object& options = fields.options();
    if (!options.has("by"))
        return;
    const Array::Ptr by = options.getArray("by");
    const auto has = [&by](const std::string& word) {
        return std::any_of(by->begin(), by->end(), [&](const Var& one) { return one.extract<std::string>() == word; });
    };
    verify.by = {.size = has("size"), .etag = has("etag"), .md5 = has("md5"), .named = true};
    if (verify.by.etag && options.has("files"))
        fields.problem("/by", "etag", "an etag is known from receipts (or uploaded) alone; leave it out with files");
}

} // namespace

Result<ReadTask<VerifyOptions>> read_verify_options(std::string_view json) {
    ReadTask<VerifyOptions> task;
    const Status good = read_with(json, "upload-verify", [&](const Object& options) {
        OptionFields fields(options, task.problems);
        VerifyOptions& verify = task.options;
        verify.receipts = fields.text("receipts");
        if (options.has("uploaded"))
            read_uploaded(options.getArray("uploaded"), "/uploaded", fields, verify.uploaded.emplace());
        read_named(fields, verify);
        read_by(fields, verify);
        verify.parallel = options.getValue<int>("parallel");
        fields.read_patience(verify);
        fields.read_credentials(task.credentials);
    });
    return good ? Result<ReadTask<VerifyOptions>>(std::move(task)) : good.error();
}

} // namespace ferry
