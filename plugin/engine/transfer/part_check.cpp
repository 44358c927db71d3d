#include "transfer/part_check.hpp"

#include "document/text.hpp"
#include "hash/md5_runs.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace ferry {
namespace {

constexpr std::size_t lane_piece = 128u << 10; // of each part at once; whole blocks
// Each has a descriptor and a place of its own to read from: more would ask too much of disks, for little.
constexpr std::size_t most_lanes = 8;

// A part in one lane.
struct PartInLane {
    std::size_t place; // among the ranges
    PartReader reader;
    Md5State state{};
    std::uint64_t hashed = 0;
    std::size_t filled = 0; // of the lane's buffer
};

class PartLanes {
  public:
    PartLanes(const std::string& path, const FileIdentity& identity, std::span<const PartRange> ranges)
        : path_(path)
        , identity_(identity)
        , ranges_(ranges)
        , digests_(ranges.size())
        , lanes_(std::min(ranges.size(), most_lanes))
        , buffer_(lanes_.size() * lane_piece) {}

    bool done() const { return ended_ == ranges_.size(); }
    Result<std::uint64_t> advance(); // bytes
    std::vector<Md5> take() { return std::move(digests_); }

  private:
    Status fill(std::size_t lane);
    void end(std::optional<PartInLane>& lane, std::span<const std::byte> rest);
    std::span<std::byte> buffer_of(std::size_t lane) {
        return std::span(buffer_).subspan(lane * lane_piece, lane_piece);
    }

    const std::string& path_;
    const FileIdentity& identity_;
    const std::span<const PartRange> ranges_;
    std::vector<Md5> digests_;
    std::vector<std::optional<PartInLane>> lanes_;
    std::vector<std::byte> buffer_;
    std::size_t begun_ = 0;
    std::size_t ended_ = 0;
};

// A whole piece, but for a part's last.
Status PartLanes::fill(std::size_t lane) {
    PartInLane& part = *lanes_[lane];
    part.filled = 0;
    while (part.filled < lane_piece) {
        part.reader.use(buffer_of(lane).subspan(part.filled));
        const auto got = part.reader.read();
        if (!got.ok())
            return got.error();
        if (got->empty())
            break;
        part.filled += got->size();
    }
    return {};
}

void PartLanes::end(std::optional<PartInLane>& lane, std::span<const std::byte> rest) {
    digests_[lane->place] = finish_md5(lane->state, rest, lane->hashed + rest.size());
    lane.reset();
    ++ended_;
}

Result<std::uint64_t> PartLanes::advance() {
    std::vector<Md5Run> runs;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
        if (!lanes_[i] && begun_ < ranges_.size()) {
            auto reader = PartReader::open(path_, identity_, ranges_[begun_]);
            if (!reader.ok())
                return reader.error();
            lanes_[i].emplace(PartInLane{begun_++, std::move(*reader)});
        }
        if (!lanes_[i])
            continue;
        if (const Status filled = fill(i); !filled)
            return filled.error();
        bytes += lanes_[i]->filled;
        runs.push_back({&lanes_[i]->state, buffer_of(i).data(), lanes_[i]->filled / md5_block});
    }
    hash_runs(runs);
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
        if (!lanes_[i])
            continue;
        const std::size_t whole = lanes_[i]->filled / md5_block * md5_block;
        lanes_[i]->hashed += whole;
        if (lanes_[i]->filled < lane_piece)
            end(lanes_[i], buffer_of(i).subspan(whole, lanes_[i]->filled - whole));
    }
    return bytes;
}

} // namespace

Result<std::vector<Md5>> hash_ranges(const std::string& path, const FileIdentity& identity,
                                     std::span<const PartRange> ranges, const CancelToken& cancel,
                                     const HashedBytes& hashed) {
    if (ranges.empty())
        return std::vector<Md5>();
    if (const Status allowed = md5_allowed(); !allowed)
        return allowed.error();
    PartLanes lanes(path, identity, ranges);
    while (!lanes.done()) {
        if (cancel.cancelled())
            return Error{ErrorKind::cancelled, printable(path) + ": stopped while it was compared with what was sent"};
        const auto bytes = lanes.advance();
        if (!bytes.ok())
            return bytes.error();
        if (hashed)
            hashed(*bytes);
    }
    return lanes.take();
}

Result<std::vector<Md5>> hash_parts(const std::string& path, const FileIdentity& identity, const PartPlan& plan,
                                    const CancelToken& cancel, const HashedBytes& hashed) {
    std::vector<PartRange> ranges;
    for (std::uint32_t number = 1; number <= plan.count(); ++number)
        ranges.push_back(plan.range(number));
    return hash_ranges(path, identity, ranges, cancel, hashed);
}

Result<std::string> hash_file(const std::string& path, const FileIdentity& identity, const PartPlan& plan,
                              const CancelToken& cancel) {
    const auto parts = hash_parts(path, identity, plan, cancel);
    return parts.ok() ? composite_etag(*parts) : parts.error();
}

} // namespace ferry
