#include "transfer/resume_check.hpp"

#include "transfer/part_check.hpp"

#include <Poco/String.h>

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

Result<std::optional<OpenedUpload>> check_resume(const PlannedFile& file, const SavedFile* saved,
                                                 const UploadState& state, Verify verify, const CancelToken& cancel) {
    const auto plan = PartPlan::make(file.identity.size, state.info.part_size);
    if (!plan || (saved && saved->open() && saved->part_size != state.info.part_size))
        return std::optional<OpenedUpload>();
    const auto listed = by_number(state.reported);
    const bool touched = saved && saved->source.ctime_ns != file.identity.ctime_ns;
    OpenedUpload opened{
        .upload_id = state.info.upload_id, .plan = *plan, .parallel = state.info.parallel, .gone_on_with = true};
    for (std::uint32_t number = 1; number <= plan->count(); ++number) {
        const auto on_list = listed.find(number);
        const PartReport* reported = on_list == listed.end() ? nullptr : on_list->second;
        const SavedPart* part = nullptr;
        if (saved)
            if (const auto known = saved->parts.find(number); known != saved->parts.end())
                part = &known->second;
        const PartRange range = plan->range(number);
        const Trust trusted = trust(part, reported, range.size, verify);
        if (trusted == Trust::no)
            continue;
        StoredPart stored{.sent = {.report = part ? part->report : *reported, .md5 = {}},
                          .reported = reported != nullptr};
        if (part) {
            stored.sent.md5 = part->md5;
            stored.sent.verified = part->verified;
        }
        if (trusted == Trust::if_etag_is_md5 || (touched && stored.sent.md5)) {
            const auto md5 = hash_part(file.path, file.identity, range, cancel);
            if (!md5.ok())
                return md5.error();
            if (touched && stored.sent.md5 && *stored.sent.md5 != *md5)
                return file_changed(file.path, "part " + std::to_string(number) + " holds other bytes");
            stored.sent.md5 = *md5;
            if (Poco::icompare(etag_of(stored.sent.report), to_hex(*md5)) == 0)
                stored.sent.verified = true;
            else if (trusted == Trust::if_etag_is_md5)
                continue;
        }
        opened.stored.push_back(std::move(stored));
    }
    return std::optional(std::move(opened));
}

Status check_sent_parts(const PlannedFile& file, const OpenedUpload& opened, const std::vector<SentPart>& sent,
                        const CancelToken& cancel) {
    for (const SentPart& part : sent) {
        if (!part.md5)
            continue;
        const auto md5 = hash_part(file.path, file.identity, opened.plan.range(part.report.number), cancel);
        if (!md5.ok())
            return md5.error();
        if (*md5 != *part.md5)
            return file_changed(file.path, "part " + std::to_string(part.report.number) + " holds other bytes");
    }
    return {};
}

} // namespace ferry
