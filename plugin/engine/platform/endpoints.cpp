#include "platform/endpoints.hpp"

#include "document/text.hpp"

#include <Poco/String.h>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace ferry {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> platforms{{
    {"cavatica", "https://cavatica-api.sbgenomics.com/v2"},
    {"sbg-us", "https://api.sbgenomics.com/v2"},
    {"sbg-eu", "https://eu-api.sbgenomics.com/v2"},
    {"sbg-cn", "https://api.sevenbridges.cn/v2"},
    {"cgc", "https://cgc-api.sbgenomics.com/v2"},
    {"biodatacatalyst", "https://api.sb.biodatacatalyst.nhlbi.nih.gov/v2"},
}};

constexpr std::string_view site_for_people = "cavatica.sbgenomics.com"; // what a browser shows as its address

Error refused(std::string_view given_by, const std::string& why) {
    return {ErrorKind::invalid, std::string(given_by) + ": " + why};
}

Error unknown_name(std::string_view text, std::string_view given_by) {
    std::vector<std::string> names;
    std::string list;
    for (const auto& [name, url] : platforms) {
        names.emplace_back(name);
        list += (list.empty() ? "" : ", ") + names.back();
    }
    std::string near = nearest(Poco::toLower(std::string(text)), names);
    if (near.empty() && text.find('.') != std::string_view::npos)
        near = "https://" + printable(text, 80);
    return refused(given_by, "'" + printable(text, 80) + "' is neither a URL nor one of " + list +
                                 (near.empty() ? "" : "; did you mean " + near + "?"));
}

} // namespace

Result<Url> resolve_endpoint(std::string_view text, std::string_view given_by) {
    for (const auto& [name, url] : platforms)
        if (text == name)
            return Url::parse(url);
    if (text.find("://") == std::string_view::npos)
        return unknown_name(text, given_by);
    Result<Url> url = Url::parse(text);
    if (!url.ok())
        return refused(given_by, url.error().message);
    if (url->target.find('?') != std::string::npos)
        return refused(given_by, "an API endpoint has no query (?)");
    if (url->host == site_for_people)
        return refused(given_by, "https://" + url->host + " is the site for people, not the API; write cavatica, or " +
                                     std::string(platforms.front().second));
    if (!url->tls() && !url->loopback())
        return refused(given_by, "plain http to " + url->host_header() +
                                     " would send the token unprotected; use https (http is for loopback addresses)");
    while (url->target.ends_with('/'))
        url->target.pop_back();
    return url;
}

} // namespace ferry
