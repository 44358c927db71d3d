#include "transfer/numbered_name.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace ferry::test {

TEST_CASE("a number goes before the ending, whatever that is made of") {
    const std::vector<std::pair<std::string, std::string>> names{
        {"a.txt", "a_1.txt"},
        {"a", "a_1"},
        {"reads.fastq.gz", "reads_1.fastq.gz"},
        {"reads_R1.fq.gz", "reads_R1_1.fq.gz"},
        {"calls.g.vcf.gz", "calls.g_1.vcf.gz"},
        {"calls.vcf.gz.tbi", "calls_1.vcf.gz.tbi"},
        {"data.tar.gz", "data_1.tar.gz"},
        {"data.tar.xz.md5", "data_1.tar.xz.md5"},
        {"S1.bam.bai", "S1_1.bam.bai"},
        {"S1.bai", "S1_1.bai"},
        {"S1.BAM.GZ", "S1_1.BAM.GZ"},
        {"v1.2.gz", "v1.2_1.gz"}, // "2" is a version's, not an ending
        {"S1.sorted.bam", "S1.sorted_1.bam"},
        {".bashrc", ".bashrc_1"},
        {".a.gz", ".a_1.gz"},
        {"end.", "end._1"},
        {"Dr. Smith said", "Dr. Smith said_1"},
        {"a.averyverylongending", "a.averyverylongending_1"},
        {"gz.gz", "gz_1.gz"},
    };
    for (const auto& [name, numbered] : names)
        CHECK(numbered_name(name, 1) == numbered);
    CHECK(numbered_name("a.txt", 120) == "a_120.txt");
}

} // namespace ferry::test
