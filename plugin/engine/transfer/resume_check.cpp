#include "transfer/resume_check.hpp"

#include "transfer/part_check.hpp"

#include <Poco/String.h>

#include <algorithm>
#include <utility>

namespace ferry {
namespace {

std::string etag_of(const PartReport& report) {
    for (const HttpHeader& header : report.headers)
        if (same_header_name(header.name, "etag"))
            return bare_etag(header.value);
    return {};
}

enum class Trust { yes, no, if_etag_is_md5 };

Trust trust(const SavedPart* saved, const PartReport* listed, std::uint64_t size, Verify verify) {
    if (saved && (saved->size != size || (listed && contradict(saved->report, *listed))))
        return Trust::no;
    if (!saved)
        return listed && verify == Verify::etag && looks_like_md5(etag_of(*listed)) ? Trust::if_etag_is_md5 : Trust::no;
    const bool to_compare = verify == Verify::etag && !saved->md5 && looks_like_md5(etag_of(saved->report));
    return to_compare ? Trust::if_etag_is_md5 : Trust::yes;
}

// A part that storage has, as far as it can be told without looking at the file's bytes.
struct Candidate {
    StoredPart stored;
    PartRange range;
    Trust trusted = Trust::yes;
    bool to_hash = false;
};

std::vector<Candidate> candidates_of(const PartPlan& plan, const SavedFile* saved, const UploadState& state,
                                     Verify verify, bool touched) {
    const auto listed = by_number(state.reported);
    std::vector<Candidate> candidates;
    for (std::uint32_t number = 1; number <= plan.count(); ++number) {
        const auto on_list = listed.find(number);
        const PartReport* reported = on_list == listed.end() ? nullptr : on_list->second;
        const SavedPart* part = nullptr;
        if (saved)
            if (const auto known = saved->parts.find(number); known != saved->parts.end())
                part = &known->second;
        Candidate candidate{.stored = {.sent = {}, .reported = reported != nullptr},
                            .range = plan.range(number),
                            .trusted = trust(part, reported, plan.range(number).size, verify)};
        if (candidate.trusted == Trust::no)
            continue;
        SentPart& sent = candidate.stored.sent;
        sent.report = part ? part->report : *reported;
        if (part) {
            sent.md5 = part->md5;
            sent.verified = part->verified;
        }
        candidate.to_hash = candidate.trusted == Trust::if_etag_is_md5 || (touched && sent.md5);
        candidates.push_back(std::move(candidate));
    }
    return candidates;
}

Error holds_other_bytes(const std::string& path, std::uint32_t part) {
    return file_changed(path, "part " + std::to_string(part) + " holds other bytes");
}

} // namespace

std::map<std::uint32_t, const PartReport*> by_number(const std::vector<PartReport>& reports) {
    std::map<std::uint32_t, const PartReport*> numbered;
    for (const PartReport& report : reports)
        numbered[report.number] = &report;
    return numbered;
}

bool contradict(const PartReport& a, const PartReport& b) {
    const std::string one = etag_of(a);
    const std::string other = etag_of(b);
    return !one.empty() && !other.empty() && Poco::icompare(one, other) != 0;
}

Fingerprint fingerprint(const FileIdentity& identity) {
    return {.size = identity.size, .mtime_ns = identity.mtime_ns, .ctime_ns = identity.ctime_ns};
}

bool same_source(const SavedFile& saved, const PlannedFile& file) {
    return saved.path == source_path(file.path) && saved.source.same_content_expected(fingerprint(file.identity));
}

std::string begun_on_other_terms(const SavedFile& saved, Conflict conflict, const std::string& replaces) {
    if (saved.overwrite && conflict != Conflict::overwrite)
        return "it was begun to replace a file of its name, and \"conflict\" is not \"overwrite\" any more";
    if (!saved.overwrite && !replaces.empty())
        return "its name is taken meanwhile, and it was not begun to replace a file";
    return {};
}

Result<std::optional<OpenedUpload>> check_resume(const PlannedFile& file, const SavedFile* saved,
                                                 const UploadState& state, Verify verify, const CancelToken& cancel) {
    const auto plan = PartPlan::make(file.identity.size, state.info.part_size);
    if (!plan || (saved && saved->open() && saved->part_size != state.info.part_size))
        return std::optional<OpenedUpload>();
    const bool touched = saved && saved->source.ctime_ns != file.identity.ctime_ns;
    std::vector<Candidate> candidates = candidates_of(*plan, saved, state, verify, touched);
    std::vector<PartRange> ranges;
    for (const Candidate& candidate : candidates)
        if (candidate.to_hash)
            ranges.push_back(candidate.range);
    const auto hashed = hash_ranges(file.path, file.identity, ranges, cancel);
    if (!hashed.ok())
        return hashed.error();
    OpenedUpload opened{
        .upload_id = state.info.upload_id, .plan = *plan, .parallel = state.info.parallel, .gone_on_with = true};
    auto md5 = hashed->begin();
    for (Candidate& candidate : candidates) {
        SentPart& sent = candidate.stored.sent;
        if (candidate.to_hash) {
            if (touched && sent.md5 && *sent.md5 != *md5)
                return holds_other_bytes(file.path, sent.report.number);
            sent.md5 = *md5++;
            if (Poco::icompare(etag_of(sent.report), to_hex(*sent.md5)) == 0)
                sent.verified = true;
            else if (candidate.trusted == Trust::if_etag_is_md5)
                continue;
        }
        opened.stored.push_back(std::move(candidate.stored));
    }
    return std::optional(std::move(opened));
}

Status check_sent_parts(const PlannedFile& file, const OpenedUpload& opened, const std::vector<SentPart>& sent,
                        const CancelToken& cancel) {
    std::vector<const SentPart*> known;
    std::vector<PartRange> ranges;
    for (const SentPart& part : sent) {
        if (!part.md5)
            continue;
        known.push_back(&part);
        ranges.push_back(opened.plan.range(part.report.number));
    }
    const auto hashed = hash_ranges(file.path, file.identity, ranges, cancel);
    if (!hashed.ok())
        return hashed.error();
    for (std::size_t i = 0; i < known.size(); ++i)
        if ((*hashed)[i] != *known[i]->md5)
            return holds_other_bytes(file.path, known[i]->report.number);
    return {};
}

Result<bool> as_it_was_sent(const PlannedFile& file, const SavedFile& saved, const CancelToken& cancel) {
    const auto now = identify_unchanged(file.path, file.identity);
    if (!now.ok())
        return now.error().kind == ErrorKind::changed ? Result<bool>(false) : now.error();
    if (saved.source.ctime_ns == now->ctime_ns)
        return true;
    const auto plan = PartPlan::make(file.identity.size, saved.part_size);
    if (!plan || saved.parts.size() != plan->count())
        return false;
    for (const auto& [number, part] : saved.parts)
        if (!part.md5)
            return false;
    const auto hashed = hash_parts(file.path, file.identity, *plan, cancel);
    if (!hashed.ok())
        return hashed.error().kind == ErrorKind::changed ? Result<bool>(false) : hashed.error();
    return std::equal(hashed->begin(), hashed->end(), saved.parts.begin(), saved.parts.end(),
                      [](const Md5& md5, const auto& part) { return md5 == *part.second.md5; });
}

} // namespace ferry
