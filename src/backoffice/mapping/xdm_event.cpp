#include "xdm_event.hpp"

#include <algorithm>
#include <utility>

#include "event_parts.hpp"
#include "identity.hpp"

namespace aep::backoffice::mapping {
namespace {

/// What an event must have.
struct Essentials {
    std::string email_hash;
    std::string entity_id;
    Time time{};
};

/// Takes what is essential from a document, up to the first thing that is not there.
class EssentialsReader {
  public:
    explicit EssentialsReader(const Source& source) : source_(source), subject_(source.subject) {}

    std::variant<Essentials, Fault> read() {
        read_email();
        read_order_number();
        read_entity_id();
        check_items(subject_.order, subject_.order_path);
        check_items(is_profile_event(subject_.event) ? Value() : subject_.entity, subject_.entity_path);
        read_time();
        if (fault_) {
            return *std::move(fault_);
        }
        return std::move(essentials_);
    }

  private:
    void fail(std::string path, std::string expected) {
        if (!fault_) {
            fault_ = Fault{std::move(path), std::move(expected)};
        }
    }

    void read_email() {
        const bool is_profile = is_profile_event(subject_.event);
        const char* const field = is_profile ? "email" : "customer_email";
        const Value holder = is_profile ? subject_.entity : subject_.order;
        essentials_.email_hash = hash_of_email(holder[field].string());
        if (essentials_.email_hash.empty()) {
            fail(join(is_profile ? subject_.entity_path : subject_.order_path, field),
                 "an e-mail address: its hash is the event's identity, without which Edge takes no event");
        }
    }

    void read_order_number() {
        if (!is_profile_event(subject_.event) && purchase_id_of(source_).empty()) {
            fail(join(subject_.order_path, "increment_id"), "the order's number");
        }
    }

    void read_entity_id() {
        const bool is_order = entity_name_of(subject_.event) == nullptr;
        const Value holder = is_order ? subject_.order : subject_.entity;
        const std::string& path = is_order ? subject_.order_path : subject_.entity_path;
        // REST calls a customer's "id".
        const char* const field =
            is_profile_event(subject_.event) && !holder["id"].is_empty() ? "id" : "entity_id";
        essentials_.entity_id = holder[field].text();
        if (essentials_.entity_id.empty()) {
            fail(join(path, field), "a number: repeated messages are known by it");
        }
    }

    void check_items(Value holder, const std::string& path) {
        const Value items = holder["items"];
        if (!items.is_empty() && !items.is_array()) {
            fail(join(path, "items"), "an array");
        } else if (items.size() > kMaxItems) {
            fail(join(path, "items"), "an array of at most 5000 items");
        }
    }

    void read_time() {
        auto [time, path] = parts_of(subject_.event).moment(source_);
        if (!time) {
            fail(std::move(path), "a time such as 2025-03-04 10:15:30, which is UTC");
        }
        essentials_.time = time.value_or(0);
    }

    const Source& source_;
    const Subject& subject_;
    Essentials essentials_;
    std::optional<Fault> fault_;
};

void write_identity(XdmWriter& writer, std::string_view email_hash) {
    writer.object("identityMap", [&] {
        writer.array("Email_LC_SHA256", [&] {
            writer.object({}, [&] {
                writer.text("id", email_hash);
                writer.boolean("primary", true);
            });
        });
    });
}

void write_scope(XdmWriter& writer, const Source& source) {
    const Subject& subject = source.subject;
    const Value holder = is_profile_event(subject.event) ? subject.entity : subject.order;
    writer.object("commerceScope", [&] {
        writer.text("environmentID", source.environment);
        const auto found = source.settings.stores.find(holder["store_id"].text());
        if (found != source.settings.stores.end()) {
            writer.text("websiteCode", found->second.website);
            writer.text("storeCode", found->second.store);
            writer.text("storeViewCode", found->second.store_view);
        }
    });
}

std::string_view type_of(const Source& source) noexcept {
    const Event event = source.subject.event;
    return event == Event::order_shipment_completed ? source.settings.labels.shipment_completed_event_type
                                                    : xdm_type_of(event);
}

std::string id_of(const Source& source, const Essentials& essentials) {
    const Event event = source.subject.event;
    const std::string repetition =
        event == Event::account_updated ? to_compact(essentials.time) : std::string();
    const char* const entity = entity_name_of(event);
    const std::string_view kind = entity != nullptr ? entity : "order";
    return event_id(source.environment, name_of(event), kind, essentials.entity_id, repetition);
}

}  // namespace

std::variant<XdmEvent, Fault> make_event(const Source& source) {
    auto read = EssentialsReader(source).read();
    if (auto* fault = std::get_if<Fault>(&read)) {
        return std::move(*fault);
    }
    const Essentials& essentials = std::get<Essentials>(read);
    const EventParts parts = parts_of(source.subject.event);
    XdmEvent event{id_of(source, essentials), {}};
    XdmWriter writer;
    writer.object({}, [&] {
        writer.object("xdm", [&] {
            writer.text("_id", event.id);
            writer.time("timestamp", std::min(essentials.time, source.now));  // Edge takes none of the future
            writer.text("eventType", type_of(source));
            write_identity(writer, essentials.email_hash);
            writer.object("commerce", [&] {
                if (parts.write_commerce != nullptr) {
                    parts.write_commerce(writer, source);
                }
                write_scope(writer, source);
            });
            if (parts.write_lines != nullptr) {
                writer.array("productListItems", [&] { parts.write_lines(writer, source); });
            }
        });
    });
    event.text = std::move(writer).take();
    return event;
}

}  // namespace aep::backoffice::mapping
