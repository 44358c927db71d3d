#include "round.hpp"

#include "document/strict_json.hpp"
#include "temp_dir.hpp"

#include <Poco/JSON/Array.h>

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

namespace ferry::test {
namespace {

constexpr const char* project = "me/my-project";

void demand(bool truth, const std::string& otherwise) {
    if (!truth)
        throw Failure(otherwise);
}

// Mostly full parts, sometimes with a short last one.
std::uint64_t size_of(Chance& chance, std::uint64_t parts) {
    const std::uint64_t full = parts * Workspace::part;
    return chance.one_in(2) ? full : full - chance.below(Workspace::part);
}

std::vector<std::uint64_t> sizes(Chance& chance, std::uint64_t most_parts) {
    std::vector<std::uint64_t> chosen;
    const auto add = [&](std::uint64_t files, std::uint64_t most) {
        for (std::uint64_t i = 0; i < files; ++i)
            chosen.push_back(size_of(chance, chance.between(1, most)));
    };
    switch (chance.below(4)) {
    case 0: // one file of many parts
        chosen.push_back(size_of(chance, chance.between(most_parts / 3, most_parts)));
        break;
    case 1: // many of one
        add(chance.between(4, most_parts / 2), 1);
        break;
    case 2: // some of a few
        add(chance.between(3, 8), std::max<std::uint64_t>(2, most_parts / 8));
        break;
    default:
        add(1, most_parts / 2);
        add(chance.between(2, 6), 1);
        add(2, 3);
        if (chance.one_in(2))
            chosen.push_back(0);
        if (chance.one_in(2))
            chosen.push_back(1);
        break;
    }
    return chosen;
}

Poco::JSON::Object::Ptr parsed(const ProcessResult& result) {
    const JsonResult json = parse_json(result.out);
    const auto* value = std::get_if<Poco::Dynamic::Var>(&json);
    demand(value && value->type() == typeid(Poco::JSON::Object::Ptr), "standard output is no JSON: " + result.out);
    return value->extract<Poco::JSON::Object::Ptr>();
}

Poco::JSON::Object::Ptr step_outputs(const Poco::JSON::Object::Ptr& document) {
    const auto steps = document->getObject("steps");
    const auto step = steps ? steps->getObject("publish") : Poco::JSON::Object::Ptr();
    return step ? step->getObject("outputs") : Poco::JSON::Object::Ptr();
}

} // namespace

Plan make_plan(Chance& chance, std::uint64_t most_parts) {
    Plan plan;
    plan.conflict = chance.pick<std::string>({"fail", "fail", "skip", "overwrite"});
    plan.parallel_parts = chance.between(1, 16);
    plan.settings.parallel_uploads = !chance.one_in(5);
    plan.settings.storage_latency = platform::Milliseconds(chance.below(15));
    plan.settings.api_latency = platform::Milliseconds(chance.below(5));
    for (const std::uint64_t size : sizes(chance, most_parts)) {
        RoundFile file{.name = "file " + std::to_string(plan.files.size()) + ".bin",
                       .size = size,
                       .seed = static_cast<std::uint32_t>(chance.between(1, 1'000'000))};
        if (plan.conflict != "fail" && chance.one_in(3))
            file.before = plan.conflict == "skip" || chance.one_in(3) ? Before::same : Before::other;
        plan.files.push_back(std::move(file));
    }
    return plan;
}

std::string Plan::text() const {
    std::string listed;
    for (const RoundFile& file : files)
        listed += (listed.empty() ? "" : " ") + std::to_string(file.size) +
                  (file.before == Before::nothing ? ""
                   : file.before == Before::same  ? "="
                                                  : "!");
    return "files " + listed + "; conflict " + conflict + ", parallel_parts " + std::to_string(parallel_parts) +
           (settings.parallel_uploads ? "" : ", one part after the other") + options;
}

Round::Round(Plan plan) : plan_(std::move(plan)), space_(plan_.settings) {
    for (const RoundFile& file : plan_.files) {
        contents_.push_back(Workspace::bytes(file.size, file.seed));
        space_.make_file(file.name, file.size, file.seed);
        if (file.before == Before::same)
            server().add_file(project, file.name, contents_.back());
        if (file.before == Before::other)
            server().add_file(project, file.name, Workspace::bytes(file.size + file.seed % 2, file.seed + 1));
        if (plan_.conflict == "skip" && file.before == Before::same)
            continue;
        ++uploads_;
        bytes_ += file.size;
        parts_ += std::max<std::uint64_t>(1, (file.size + Workspace::part - 1) / Workspace::part);
    }
    const std::string options = R"("project":"me/my-project","files":["*.bin"],"conflict":")" + plan_.conflict +
                                R"(","parallel_parts":)" + std::to_string(plan_.parallel_parts) + plan_.options;
    command_ = {"run", space_.upload_workflow(options), "--outputs", outputs_file().string()};
}

std::unique_ptr<FerryProcess> Round::start() const {
    return std::make_unique<FerryProcess>(command_, space_.setup());
}

const std::string& Round::content_of(const std::string& name) const {
    const auto found =
        std::find_if(plan_.files.begin(), plan_.files.end(), [&](const RoundFile& file) { return file.name == name; });
    demand(found != plan_.files.end(), "nobody asked for a file '" + name + "'");
    return contents_[static_cast<std::size_t>(found - plan_.files.begin())];
}

// What the outputs call uploaded (or there) is on the platform with just those bytes.
void Round::check_listed(const ProcessResult& result, bool all) const {
    const auto outputs = step_outputs(parsed(result));
    const auto files = outputs ? outputs->getArray("files") : Poco::JSON::Array::Ptr();
    const auto ids = outputs ? outputs->getArray("file_ids") : Poco::JSON::Array::Ptr();
    if (!all && !files)
        return;
    demand(files && ids && files->size() == ids->size(), "the outputs have no files and ids");
    demand(!all || files->size() == plan_.files.size(), "the outputs have " + std::to_string(files->size()) + " files");
    std::set<std::string> names;
    for (unsigned i = 0; i < files->size(); ++i) {
        const auto file = files->getObject(i);
        const auto name = file->getValue<std::string>("name");
        demand(names.insert(name).second, "the outputs have '" + name + "' twice");
        const std::string& content = content_of(name);
        const platform::StoredFile stored = server().stored(project, name);
        demand(static_cast<bool>(stored), "'" + name + "' is not there, but the outputs say so");
        demand(stored.id == file->getValue<std::string>("id") && stored.id == ids->getElement<std::string>(i),
               "'" + name + "' has the id " + stored.id + ", the outputs say " + file->getValue<std::string>("id"));
        demand(stored.size == content.size() && read_file(stored.content) == content,
               "'" + name + "' has other bytes, but the outputs list it");
        demand(file->getValue<std::uint64_t>("size") == content.size(), "the outputs tell another size of " + name);
    }
}

void Round::check_whole(const ProcessResult& result) const {
    demand(result.status == 0, "ended with " + std::to_string(result.status));
    const platform::LocalPlatform& platform = server();
    std::multiset<std::string> there;
    for (const platform::StoredFile& file : platform.files(project))
        there.insert(file.name);
    for (const RoundFile& file : plan_.files)
        demand(there.count(file.name) == 1,
               "'" + file.name + "' is on the platform " + std::to_string(there.count(file.name)) + " times");
    demand(there.size() == plan_.files.size(), "the platform has files that nobody asked for");
    check_listed(result, true);
    demand(read_file(outputs_file()) == result.out, "--outputs has not what standard output has");
    demand(parsed(result)->getValue<std::string>("status") == "succeeded", "the status is not 'succeeded'");
    demand(platform.counters().token_leaks == 0, "the token went to storage");
}

void Round::check_honest(const ProcessResult& result) const {
    demand(result.status == 1 || result.status == 4, "ended with " + std::to_string(result.status));
    demand(result.err.find("error") != std::string::npos, "failed without an error: " + result.err);
    demand(parsed(result)->getValue<std::string>("status") == "failed", "the status is not 'failed'");
    check_listed(result, false);
}

} // namespace ferry::test
