#include "verify/file_check.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "metadata/md5_sidecar.hpp"
#include "transfer/file_source.hpp"

#include <algorithm>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace ferry {
namespace {

class FileCheck {
  public:
    FileCheck(const VerifyItem& item, const RemoteRecord& record, const CheckBy& by, Log& log,
              const CancelToken& cancel, const HashedBytes& hashed)
        : item_(item)
        , record_(record)
        , by_(by)
        , log_(log)
        , cancel_(cancel)
        , hashed_(hashed) {}

    Result<VerifiedFile> run() {
        done_ = {.path = item_.path,
                 .name = record_.file.name.empty() ? item_.name : record_.file.name,
                 .id = record_.file.id.empty() ? item_.id : record_.file.id,
                 .size = item_.size.value_or(0)};
        const auto identity = identify_file(item_.path);
        if (identity.ok())
            done_.size = identity->size;
        if (record_.state == RecordState::missing) {
            worse(VerifyStatus::missing, record_.why);
            if (!identity.ok())
                worse(VerifyStatus::missing, "the local file cannot be read either");
        } else if (!identity.ok()) {
            no_local_file(identity.error());
        } else if (record_.state == RecordState::not_told) {
            worse(VerifyStatus::unchecked, record_.why);
        } else if (check_size(identity->size)) {
            if (const Status compared = check_content(*identity); !compared)
                return compared.error();
        }
        return std::move(done_);
    }

  private:
    void worse(VerifyStatus status, const std::string& reason) {
        if (done_.status == VerifyStatus::same || status == VerifyStatus::different)
            done_.status = status;
        done_.reason += (done_.reason.empty() ? "" : "; ") + reason;
    }

    void no_local_file(const Error& error) {
        if (error.kind == ErrorKind::not_found)
            worse(VerifyStatus::missing_local, "there is no such file here any more");
        else
            worse(VerifyStatus::unchecked, error.message);
    }

    // False where nothing further needs to be looked at.
    bool check_size(std::uint64_t here) {
        const auto bytes = [](std::uint64_t size) { return count_of(size, "byte"); };
        const bool told = by_.size && record_.file.size.has_value();
        const std::uint64_t there = told ? *record_.file.size : 0;
        if (told)
            done_.checked.push_back("size");
        else if (by_.size && by_.named)
            worse(VerifyStatus::unchecked, "the platform does not tell its size");
        const bool changed = item_.size && *item_.size != here && (by_.size || by_.etag);
        if (changed && (!told || there == *item_.size))
            worse(VerifyStatus::different, "the local file has changed since its upload: it had " + bytes(*item_.size) +
                                               " then, and has " + bytes(here) + " now");
        else if (told && there != here)
            worse(VerifyStatus::different, "has " + bytes(here) + " here, and " + bytes(there) + " on the platform" +
                                               (item_.size ? ", where " + bytes(*item_.size) + " were uploaded" : ""));
        else if (changed)
            worse(VerifyStatus::different,
                  "has " + bytes(here) + " here and on the platform, but its receipt tells of " + bytes(*item_.size));
        return done_.status != VerifyStatus::different;
    }

    Status check_content(const FileIdentity& identity) {
        Status compared = by_.etag ? check_etag(identity) : Status();
        if (compared && by_.md5)
            compared = check_md5(identity);
        if (compared)
            compared = check_unchanged(item_.path, identity);
        if (!compared && compared.error().kind != ErrorKind::cancelled &&
            compared.error().kind != ErrorKind::internal) {
            worse(VerifyStatus::unchecked, compared.error().kind == ErrorKind::changed
                                               ? "the local file changed while it was compared; run this again once "
                                                 "nothing writes to it any more"
                                               : compared.error().message);
            return {};
        }
        if (compared && done_.checked.empty() && done_.status == VerifyStatus::same)
            worse(VerifyStatus::unchecked, "there is nothing to compare it with");
        return compared;
    }

    Status check_etag(const FileIdentity& identity) {
        const auto plan = PartPlan::make(identity.size, item_.part_size);
        if (item_.etag.empty() || !plan) {
            if (by_.named)
                worse(VerifyStatus::unchecked, "its receipt has no etag to compare with");
            return {};
        }
        const auto parts = hash_parts(item_.path, identity, *plan, cancel_, hashed_);
        if (!parts.ok())
            return parts.status();
        const auto etag = composite_etag(*parts);
        if (!etag.ok())
            return etag.status();
        if (parts->size() == 1)
            whole_ = parts->front();
        done_.checked.push_back("etag");
        if (*etag != item_.etag)
            worse(VerifyStatus::different, "the local file has changed since its upload, though not its size: its etag "
                                           "would now be " +
                                               *etag + ", and was " + item_.etag);
        return {};
    }

    Status check_md5(const FileIdentity& identity) {
        const Md5Sidecar sidecar = read_md5_sidecar(item_.path, identity.mtime_ns);
        const std::string& told = record_.file.md5;
        if (!sidecar.problem.empty() && by_.named)
            worse(VerifyStatus::unchecked, sidecar.problem);
        else if (!sidecar.problem.empty())
            log_.warn(sidecar.problem + "; the file is not compared with it");
        else if (by_.named && sidecar.digest.empty() && told.empty())
            worse(VerifyStatus::unchecked, "there is no " + printable(item_.path + ".md5") + " to compare it with");
        if (sidecar.digest.empty() && told.empty())
            return {};
        if (!whole_) {
            const auto plan = PartPlan::make(identity.size, std::max<std::uint64_t>(identity.size, 1));
            const auto digest = hash_parts(item_.path, identity, *plan, cancel_, hashed_);
            if (!digest.ok())
                return digest.status();
            whole_ = digest->front();
        }
        done_.checked.push_back("md5");
        const std::string here = to_hex(*whole_);
        if (!sidecar.digest.empty() && sidecar.digest != here)
            worse(VerifyStatus::different, "its MD5 is " + here + ", and " + printable(item_.path + ".md5") +
                                               " tells " + sidecar.digest +
                                               (sidecar.older ? " (and is older than the file)" : "") +
                                               ", which no upload mends: write that anew with md5sum if what is here "
                                               "is right");
        if (!told.empty() && told != here)
            worse(VerifyStatus::different, "its MD5 is " + here + ", and the platform was told " + told);
        return {};
    }

    const VerifyItem& item_;
    const RemoteRecord& record_;
    const CheckBy& by_;
    Log& log_;
    const CancelToken& cancel_;
    const HashedBytes& hashed_;
    VerifiedFile done_;
    std::optional<Md5> whole_; // of the whole local file, once it is known
};

} // namespace

const char* to_word(VerifyStatus status) noexcept {
    switch (status) {
    case VerifyStatus::same:
        return "same";
    case VerifyStatus::different:
        return "different";
    case VerifyStatus::missing:
        return "missing";
    case VerifyStatus::missing_local:
        return "missing_local";
    case VerifyStatus::unchecked:
        return "unchecked";
    }
    return "unchecked";
}

std::uint64_t bytes_to_hash(const VerifyItem& item, const CheckBy& by) {
    struct stat info {};
    if (::stat(item.path.c_str(), &info) != 0 || !S_ISREG(info.st_mode))
        return 0;
    const auto size = static_cast<std::uint64_t>(info.st_size);
    if (item.size && *item.size != size && (by.size || by.etag))
        return 0;
    const auto plan = PartPlan::make(size, item.part_size);
    const bool etag = by.etag && plan && !item.etag.empty();
    const bool md5 = by.md5 && ::access((item.path + ".md5").c_str(), R_OK) == 0;
    return size * ((etag ? 1u : 0u) + (md5 && !(etag && plan->count() == 1) ? 1u : 0u));
}

Result<VerifiedFile> check_file(const VerifyItem& item, const RemoteRecord& record, const CheckBy& by, Log& log,
                                const CancelToken& cancel, const HashedBytes& hashed) {
    return FileCheck(item, record, by, log, cancel, hashed).run();
}

} // namespace ferry
