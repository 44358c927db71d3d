// What of an unfinished upload still holds: the journal and the platform's list of reported parts, taken together.
#pragma once

#include "base/cancel.hpp"
#include "base/status.hpp"
#include "resume/journal_replay.hpp"
#include "transfer/upload_options.hpp"
#include "transfer/upload_session.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

// Pointers into `reports`.
std::map<std::uint32_t, const PartReport*> by_number(const std::vector<PartReport>& reports);
// Both tell an ETag, and not the same one.
bool contradict(const PartReport& a, const PartReport& b);

// A file's fingerprint for the journal.
Fingerprint fingerprint(const FileIdentity& identity);

// Whether `saved` tells of this very source, as far as path, size and time of change show.
bool same_source(const SavedFile& saved, const PlannedFile& file);

// Why an upload of this very source must not be gone on with: what happens to a file of its name was settled when it
// was opened. Empty: it may be. `replaces`: id of the file that has its name now; empty: none.
std::string begun_on_other_terms(const SavedFile& saved, Conflict conflict, const std::string& replaces);

// The upload as it is to be gone on with. A part is trusted if the journal has it with the right size and the platform
// does not contradict, or if the platform lists it and its ETag is the MD5 of the local bytes. Under Verify::etag a
// part that was never compared is now; and if the source's ctime has moved, all parts whose MD5 is known are, and an
// error of kind `changed` tells that one differs. `saved` may be null. nullopt: the platform's part size does not fit
// the file or what is stored.
Result<std::optional<OpenedUpload>> check_resume(const PlannedFile& file, const SavedFile* saved,
                                                 const UploadState& state, Verify verify, const CancelToken& cancel);

// After the source's ctime has moved without its size or time: success if the bytes of all parts whose MD5 is known are
// what was sent; else kind `changed`.
Status check_sent_parts(const PlannedFile& file, const OpenedUpload& opened, const std::vector<SentPart>& sent,
                        const CancelToken& cancel);

// Of an upload that was to be completed: whether the file still holds what was sent. A ctime that has not moved says
// so; else the MD5s of all parts have to be known, and decide.
Result<bool> as_it_was_sent(const PlannedFile& file, const SavedFile& saved, const CancelToken& cancel);

} // namespace ferry
