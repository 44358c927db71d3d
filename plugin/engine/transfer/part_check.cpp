#include "transfer/part_check.hpp"

#include "document/text.hpp"

#include <vector>

namespace ferry {

Result<Md5> hash_part(const std::string& path, const FileIdentity& identity, PartRange range, const CancelToken& cancel,
                      const HashedBytes& hashed) {
    auto hasher = make_part_hasher();
    if (!hasher.ok())
        return hasher.error();
    auto reader = PartReader::open(path, identity, range);
    if (!reader.ok())
        return reader.error();
    std::vector<std::byte> buffer(256u << 10);
    reader->use(buffer);
    for (;;) {
        if (cancel.cancelled())
            return Error{ErrorKind::cancelled, printable(path) + ": stopped while it was compared with what was sent"};
        const auto piece = reader->read();
        if (!piece.ok())
            return piece.error();
        if (piece->empty())
            return (*hasher)->finish();
        (*hasher)->update(*piece);
        if (hashed)
            hashed(piece->size());
    }
}

Result<std::vector<Md5>> hash_parts(const std::string& path, const FileIdentity& identity, const PartPlan& plan,
                                    const CancelToken& cancel, const HashedBytes& hashed) {
    std::vector<Md5> parts;
    for (std::uint32_t number = 1; number <= plan.count(); ++number) {
        const auto md5 = hash_part(path, identity, plan.range(number), cancel, hashed);
        if (!md5.ok())
            return md5.error();
        parts.push_back(*md5);
    }
    return parts;
}

Result<std::string> hash_file(const std::string& path, const FileIdentity& identity, const PartPlan& plan,
                              const CancelToken& cancel) {
    const auto parts = hash_parts(path, identity, plan, cancel);
    return parts.ok() ? composite_etag(*parts) : parts.error();
}

} // namespace ferry
