#include "local_platform.hpp"

#include "api/api_server.hpp"
#include "net/listener.hpp"
#include "state.hpp"
#include "storage/storage_server.hpp"

#include <stdexcept>

namespace ferry::platform {
namespace {

std::vector<std::string> split_path(const std::string& path) {
    std::vector<std::string> names;
    std::size_t begin = 0;
    while (begin <= path.size()) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (end > begin)
            names.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return names;
}

} // namespace

class LocalPlatform::Impl {
  public:
    explicit Impl(PlatformSettings settings)
        : state(std::move(settings))
        , api_server(state)
        , storage_server(state)
        , api_port(state.settings.port)
        , storage_port(state.settings.storage_port) {}

    std::string base(std::uint16_t port) const {
        const bool tls = !state.settings.tls_certificate.empty();
        return (tls ? "https://" : "http://") + state.settings.advertised_host + ":" + std::to_string(port);
    }
    ListenerOptions options(std::uint16_t port) const {
        return {port, state.settings.tls_certificate, state.settings.tls_key};
    }
    void start_api() {
        // The socket listens before the base URL is known, so the first port is looked up with no one to answer yet.
        const std::lock_guard lock(state.mutex);
        if (api_listener)
            return;
        api_listener = std::make_unique<Listener>(api_server, state.api_gate, options(api_port));
        api_port = api_listener->port();
        state.api_base = base(api_port) + "/v2";
    }
    void start_storage() {
        if (storage_listener)
            return;
        storage_listener = std::make_unique<Listener>(storage_server, state.storage_gate, options(storage_port));
        storage_port = storage_listener->port();
        const std::lock_guard lock(state.mutex);
        state.storage_base = base(storage_port);
    }
    StoredFile find(const std::string& project, const std::string& path) const {
        if (!state.tree.has_project(project))
            return {};
        const Node* node = state.tree.find(state.tree.root_of(project));
        for (const std::string& name : split_path(path))
            node = node ? state.tree.child(node->id, name) : nullptr;
        return node && !node->folder ? describe(state, *node) : StoredFile{};
    }

    mutable State state;
    ApiServer api_server;
    StorageServer storage_server;
    std::uint16_t api_port;
    std::uint16_t storage_port;
    std::unique_ptr<Listener> api_listener;
    std::unique_ptr<Listener> storage_listener;
};

LocalPlatform::LocalPlatform(PlatformSettings settings) : impl_(std::make_unique<Impl>(std::move(settings))) {}

LocalPlatform::~LocalPlatform() {
    stop();
}

void LocalPlatform::start() {
    impl_->start_storage();
    impl_->start_api();
}

void LocalPlatform::stop() {
    impl_->api_listener.reset();
    impl_->storage_listener.reset();
}

void LocalPlatform::start_storage() {
    impl_->start_storage();
}

void LocalPlatform::stop_storage() {
    impl_->storage_listener.reset();
}

std::string LocalPlatform::api() const {
    const std::lock_guard lock(impl_->state.mutex);
    return impl_->state.api_base;
}

std::string LocalPlatform::storage() const {
    const std::lock_guard lock(impl_->state.mutex);
    return impl_->state.storage_base;
}

std::string LocalPlatform::token() const {
    return impl_->state.settings.token;
}

std::string LocalPlatform::project() const {
    return impl_->state.settings.project;
}

Counters LocalPlatform::counters() const {
    return impl_->state.tally.get();
}

void LocalPlatform::reset_counters() {
    impl_->state.tally.reset();
}

void LocalPlatform::add_faults(std::string_view json) {
    impl_->state.faults.add(json);
}

void LocalPlatform::clear_faults() {
    impl_->state.faults.clear();
}

std::uint64_t LocalPlatform::fired_faults() const {
    return impl_->state.faults.fired();
}

std::vector<std::string> LocalPlatform::unused_faults() const {
    return impl_->state.faults.unused();
}

void LocalPlatform::add_project(const std::string& owner_and_name) {
    if (!is_project_id(owner_and_name))
        throw std::invalid_argument("not OWNER/NAME: " + owner_and_name);
    const std::lock_guard lock(impl_->state.mutex);
    impl_->state.tree.add_project(owner_and_name);
}

StoredFile LocalPlatform::add_file(const std::string& project, const std::string& path, std::string_view content) {
    State& state = impl_->state;
    const std::lock_guard lock(state.mutex);
    std::vector<std::string> names = split_path(path);
    if (!state.tree.has_project(project) || names.empty())
        throw std::invalid_argument("no such project, or no name");
    Node node;
    node.id = random_hex(24);
    node.name = names.back();
    node.size = content.size();
    node.parent = state.tree.root_of(project);
    names.pop_back();
    for (const std::string& name : names) {
        const Node* folder = state.tree.child(node.parent, name);
        node.parent = folder ? folder->id : state.tree.add_folder(node.parent, name).id;
    }
    if (state.tree.child(node.parent, node.name))
        throw std::invalid_argument("that name is taken");
    write_bytes(state.disk.content(node.id), content);
    return describe(state, state.tree.add_file(node));
}

StoredFile LocalPlatform::stored(const std::string& project, const std::string& path) const {
    const std::lock_guard lock(impl_->state.mutex);
    return impl_->find(project, path);
}

std::vector<StoredFile> LocalPlatform::files(const std::string& project) const {
    const std::lock_guard lock(impl_->state.mutex);
    std::vector<StoredFile> found;
    for (const Node* node : impl_->state.tree.all())
        if (!node->folder && node->project == project)
            found.push_back(describe(impl_->state, *node));
    return found;
}

std::vector<OpenUploadInfo> LocalPlatform::open_uploads() const {
    const std::lock_guard lock(impl_->state.mutex);
    std::vector<OpenUploadInfo> found;
    for (const Upload* upload : impl_->state.uploads.all()) {
        OpenUploadInfo info{upload->id, upload->project, upload->name, upload->size.value_or(0), upload->part_size, {},
                            {}};
        for (const auto& [number, part] : upload->stored)
            info.stored[number] = part.size;
        for (const auto& [number, etag] : upload->reported)
            info.reported.push_back(number);
        found.push_back(std::move(info));
    }
    return found;
}

} // namespace ferry::platform
