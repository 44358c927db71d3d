// What users do wrong, made for real, each under the name that the README's table of mistakes gives it.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace ferry::test {

struct Printed {
    int status = 0;
    std::string err; // with the table's example values in the place of this machine's paths and addresses
};

// Each makes one mistake and answers what ferry printed; fails the test if that holds a secret.
std::map<std::string, std::function<Printed()>> all_mistakes();

// Times and ids, which no two runs share, the same in the table and in what was printed.
std::string without_chance(const std::string& text);

} // namespace ferry::test
