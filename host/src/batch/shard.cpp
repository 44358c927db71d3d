#include "batch/shard.hpp"

#include "document/text.hpp"

#include <charconv>
#include <optional>

namespace ferry {

namespace {

constexpr std::uint64_t kMostShards = 1'000'000;

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

class SlurmArray {
  public:
    explicit SlurmArray(const Environment& environment) : environment_(environment) {}

    std::variant<Shard, std::string> shard() {
        const auto id = read("ID", {});
        const auto first = read("MIN", {});
        const auto count = read("COUNT", {});
        const auto step = read("STEP", 1);
        if (!problem_.empty())
            return problem_;
        if (*count < 1 || *count > kMostShards || *step < 1 || *step > kMostShards)
            return "--shard slurm: SLURM_ARRAY_TASK_COUNT or _STEP is no number that an array can have";
        const std::uint64_t last = *first + (*count - 1) * *step;
        const auto max = read("MAX", last);
        if (!problem_.empty())
            return problem_;
        if (*max != last || *id < *first || *id > last || (*id - *first) % *step != 0)
            return "--shard slurm: the array has gaps (tasks " + std::to_string(*first) + " to " +
                   std::to_string(*max) + ", but " + std::to_string(*count) + " of them, this one is " +
                   std::to_string(*id) +
                   "), so rows would be left out; give an array without gaps, or --shard I/N with the N of the first "
                   "submission";
        return Shard{(*id - *first) / *step + 1, *count};
    }

  private:
    std::optional<std::uint64_t> read(const std::string& suffix, std::optional<std::uint64_t> otherwise) {
        const std::string name = "SLURM_ARRAY_TASK_" + suffix;
        const auto text = environment_(name);
        if (!text && otherwise)
            return otherwise;
        const auto value = text ? number_of(*text) : std::nullopt;
        if (!value && problem_.empty())
            problem_ = "--shard slurm: the variable " + name +
                       (text ? " is no number: '" + printable(*text, 50) + "'"
                             : " is not set; start ferry in a job array (sbatch --array=1-N), or give --shard I/N");
        return value;
    }

    const Environment& environment_;
    std::string problem_;
};

} // namespace

std::variant<Shard, std::string> parse_shard(const std::string& text, const Environment& environment) {
    if (text == "slurm")
        return SlurmArray(environment).shard();
    const std::size_t slash = text.find('/');
    const auto index = number_of(std::string_view(text).substr(0, slash));
    const auto count = slash == std::string::npos ? std::nullopt : number_of(std::string_view(text).substr(slash + 1));
    if (!index || !count || *index < 1 || *index > *count || *count > kMostShards)
        return "--shard '" + printable(text, 100) + "' is neither I/N, with I from 1 to N, nor slurm";
    return Shard{*index, *count};
}

} // namespace ferry
