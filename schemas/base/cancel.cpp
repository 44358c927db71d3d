#include "base/cancel.hpp"

#include <utility>

namespace ferry {

bool CancelToken::cancelled() const {
    std::lock_guard lock(mutex_);
    return cancelled_;
}

void CancelToken::cancel() {
    std::lock_guard lock(mutex_);
    if (cancelled_)
        return;
    cancelled_ = true;
    for (auto& [id, wake] : callbacks_)
        wake();
}

CancelToken::Registration::Registration(CancelToken& token, std::function<void()> wake) : token_(token), id_(0) {
    std::lock_guard lock(token.mutex_);
    id_ = token.next_id_++;
    if (token.cancelled_)
        wake();
    else
        token.callbacks_.emplace(id_, std::move(wake));
}

CancelToken::Registration::~Registration() {
    std::lock_guard lock(token_.mutex_); // held while callbacks run, so none is running after this
    token_.callbacks_.erase(id_);
}

} // namespace ferry
