#include "model/quota.hpp"

namespace ferry::platform {

Quota::Window& Quota::current(const std::string& token) {
    Window& window = windows_[token];
    const std::int64_t now = clock_.now_ms();
    if (now >= window.end_ms)
        window = {now + window_.count(), 0};
    return window;
}

Quota::View Quota::view(const Window& window) const {
    return {calls_, calls_ - window.used, window.end_ms, true};
}

Quota::View Quota::take(const std::string& token) {
    const std::lock_guard lock(mutex_);
    Window& window = current(token);
    const bool left = window.used < calls_;
    if (left)
        ++window.used;
    View seen = view(window);
    seen.taken = left;
    return seen;
}

Quota::View Quota::look(const std::string& token) {
    const std::lock_guard lock(mutex_);
    const auto found = windows_.find(token);
    const std::int64_t now = clock_.now_ms();
    // Looking does not begin a window.
    if (found == windows_.end() || now >= found->second.end_ms)
        return view({now + window_.count(), 0});
    return view(found->second);
}

} // namespace ferry::platform
