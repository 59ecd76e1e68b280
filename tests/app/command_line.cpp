#include "core/io/scratch.h"

#include <algorithm>
#include <cstdlib>
#include <sys/wait.h>
#include <vector>

using namespace tercet::test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

struct Answer {
    int code = -1;
    std::string out;
    std::string err;
};

/// Calls the program in `folder` with the words of `arguments`.
Answer call(const ScratchFolder& folder, const std::string& arguments) {
    const std::string command = "cd '" + folder.path().string() + "' && '" + TERCET_PROGRAM + "' " + arguments +
                                " >answer.out 2>answer.err </dev/null";
    Answer answer;
    const int status = std::system(command.c_str()); // NOLINT
    answer.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    answer.out = contentOf(folder / "answer.out");
    answer.err = contentOf(folder / "answer.err");
    fs::remove(folder / "answer.out");
    fs::remove(folder / "answer.err");
    return answer;
}

std::string ratings(std::size_t changedRow = 99, const std::string& row = "") {
    std::string text = "filename,Joy,Awe,Fear,valence\n";
    for (std::size_t i = 0; i < 12; ++i)
        text += i == changedRow ? row + "\n"
                                : std::to_string(i + 1) + ".mp4,0." + std::to_string(1 + i % 3) + ",0." +
                                      std::to_string(1 + i % 4) + ",0." + std::to_string(1 + i % 5) + "," +
                                      std::to_string(1 + i % 7) + "\n";
    return text;
}

std::string judgments(const std::string& last) {
    std::string text;
    for (int i = 0; i < 10; ++i)
        text += std::to_string(i) + " " + std::to_string(i + 1) + " " + std::to_string((i + 5) % 12) + "\n";
    return text + last + "\n";
}

/// All that a study holds, as bytes.
std::vector<std::string> contentsOf(const fs::path& study) {
    std::vector<std::string> contents;
    for (const auto& entry : fs::recursive_directory_iterator(study))
        if (entry.is_regular_file())
            contents.push_back(entry.path().filename().string() + contentOf(entry.path()));
    std::sort(contents.begin(), contents.end());
    return contents;
}

void checkOneSentence(const std::string& text) {
    INFO(text);
    CHECK_THAT(text, Catch::StartsWith("tercet: "));
    CHECK(std::count(text.begin(), text.end(), '\n') == 1);
    CHECK_THAT(text, Catch::EndsWith(".\n"));
}

} // namespace

TEST_CASE("a bad file is refused in one sentence, a study is not touched and a new one not made") {
    struct Case {
        std::string kind;
        std::string name;
        std::string content;
        std::vector<std::string> parts;
    };
    const auto file = GENERATE(values<Case>({
        {"ratings", "r.csv", ratings(4, "5.mp4,0.1,many,0.1,3"), {"r.csv, line 6, column 3", "“many”", "correct"}},
        {"ratings", "r.csv", ratings(4, "5.mp4,0.1,,0.1,3"), {"line 6, column 3", "an empty cell"}},
        {"ratings", "r.csv", ratings(4, "3.mp4,0.1,0.1,0.1,3"), {"line 4 and line 6", "“3.mp4”", "remove one"}},
        {"ratings", "r.csv", ratings(4, "5.mp4,0.1"), {"line 6", "expected 5 cells, found 2"}},
        {"ratings", "r.csv", "", {"found nothing in it"}},
        {"judgments", "j.txt --stimuli 12", judgments("3 4 12"), {"j.txt, line 11, column 3", "0 to 11", "found 12"}},
        {"judgments", "j.txt --stimuli 12", judgments("3 3 7"), {"line 11", "three different stimuli", "3 3 7"}},
        {"judgments", "j.txt --stimuli 12", judgments("3 -4 7"), {"line 11, column 2", "“-4”"}},
        {"embedding", "e.txt", "1 0.5\n0.25 nan\n0.1 0\n", {"e.txt", "2", "nan", "correct"}},
        {"embedding", "e.npz", std::string("PK\3\4", 4) + std::string(100, 'x'), {"e.npz", "damaged", "again"}},
    }));
    INFO(file.name);
    const ScratchFolder folder;
    folder.write(file.name.substr(0, file.name.find(' ')), file.content);

    const Answer fresh = call(folder, "import new.tercet " + file.kind + " " + file.name);
    CHECK(fresh.code == 1);
    checkOneSentence(fresh.err);
    for (const std::string& part : file.parts)
        CHECK_THAT(fresh.err, Contains(part));
    CHECK(folder.fileCount() == 1);

    folder.write("good.csv", ratings());
    REQUIRE(call(folder, "import old.tercet ratings good.csv").code == 0);
    const auto before = contentsOf(folder / "old.tercet");
    CHECK(call(folder, "import old.tercet " + file.kind + " " + file.name).code == 1);
    CHECK(contentsOf(folder / "old.tercet") == before);
    CHECK(call(folder, "check old.tercet").code == 0);
}

TEST_CASE("a stimulus that is rated 0 throughout is told at import and named by the step that needs it") {
    const ScratchFolder folder;
    folder.write("r.csv", ratings(4, "5.mp4,0,0,0,3"));
    const Answer imported = call(folder, "import s.tercet ratings r.csv");
    CHECK(imported.code == 0);
    CHECK_THAT(imported.out, Contains("rated 0 throughout"));
    const Answer run = call(folder, "run s.tercet simulate-judgments --system human-categories");
    CHECK(run.code == 1);
    CHECK_THAT(run.err, Contains("all values are zero") && Contains("leave the stimulus out"));
}

TEST_CASE("where one system fails the others go on") {
    const ScratchFolder folder;
    folder.write("ratings.csv", ratings(4, "5.mp4,0,0,0,3"));
    REQUIRE(call(folder, "import study ratings ratings.csv").code == 0);
    const Answer answer = call(folder, "run study simulate-judgments");
    CHECK(answer.code == 1);
    CHECK_THAT(answer.err, Contains("all values are zero"));
    CHECK_THAT(answer.out, Contains("simulate-judgments/human-dimensions"));
    CHECK_THAT(call(folder, "show study/ simulate-judgments/human-dimensions").out, Contains("198 judgments"));
}

TEST_CASE("what is known of a system can be said") {
    const ScratchFolder folder;
    folder.write("r.csv", ratings());
    REQUIRE(call(folder, "import s.tercet ratings r.csv").code == 0);
    REQUIRE(call(folder, "system s.tercet human-dimensions --title 'Rated by a model' --parameters 7B").code == 0);
    const std::string shown = call(folder, "show s.tercet --json").out;
    CHECK_THAT(shown, Contains("\"Rated by a model\"") && Contains("7000000000"));
}

TEST_CASE("wrong usage exits with 2, a missing study or file with 1") {
    const ScratchFolder folder;
    folder.write("r.csv", ratings());
    REQUIRE(call(folder, "import s.tercet ratings r.csv").code == 0);
    struct Case {
        const char* arguments;
        int code;
        const char* says;
    };
    const auto [arguments, code, says] = GENERATE(values<Case>({
        {"run s.tercet fit-embedding --components 600", 2, "from 1 to 512"},
        {"run s.tercet fit-embedding --componets 6", 2, "“componets”"},
        {"run s.tercet fit-embedding --components", 2, "the end of the line"},
        {"run s.tercet fit", 2, "fit-embedding"},
        {"run s.tercet all --seed 2", 2, "belong to one step"},
        {"run s.tercet map --system nobody", 1, "human-categories, human-dimensions"},
        {"run s.tercet held-out --judgments-of nobody", 1, "human-categories, human-dimensions"},
        {"system s.tercet nobody --parameters 1", 1, "human-categories, human-dimensions"},
        {"system s.tercet human-categories --parameters lots", 2, "“lots”"},
        {"run none.tercet all", 1, "there is no such study"},
        {"show s.tercet map/human-categories", 1, "tercet show STUDY"},
        {"import s.tercet ratings none.csv", 1, "check its name and whether it was moved"},
        {"demo s.tercet", 1, "exists already"},
        {"import s.tercet ratings r.csv --tr 2", 2, "no --tr, which is for fmri"},
        {"import s.tercet fmri r.csv --tr nan", 2, "a number from 0.01 to 60, found “nan”"},
        {"run s.tercet sample-triplets --memory-gb nan", 2, "“nan”"},
        {"import s.tercet surface r.csv --transposed", 2, "no --transposed, which is for embedding"},
        {"import s.tercet fmri r.csv --labels l.txt --keep a=b", 2, "--keep"},
        {"import s.tercet rating r.csv", 2, "ratings,judgments"},
        {"import s.tercet ratings", 2, "FILE is required"},
        {"import s.tercet ratings r.csv --sytem x", 2, "no option or further argument “--sytem”"},
        {"--threads 0 steps", 2, "range 1 to 4096"},
        {"run s.tercet align-systems --system human-categories", 2, "not run for one system"},
    }));
    INFO(arguments);
    const Answer answer = call(folder, arguments);
    CHECK(answer.code == code);
    checkOneSentence(answer.err);
    CHECK_THAT(answer.err, Contains(says));
    CHECK(call(folder, "show s.tercet").code == 0); // nothing was set that the study cannot be shown with
}

TEST_CASE("a damaged array file is found, told, and made anew by running or importing again") {
    const ScratchFolder folder;
    folder.write("r.csv", ratings());
    REQUIRE(call(folder, "import s.tercet ratings r.csv").code == 0);
    REQUIRE(fs::exists(folder / "s.tercet" / "arrays"));
    std::vector<fs::path> imports;
    for (const auto& entry : fs::directory_iterator(folder / "s.tercet" / "arrays"))
        imports.push_back(entry.path());
    REQUIRE(imports.size() == 1);
    const Answer made = call(folder, "run s.tercet sample-triplets");
    REQUIRE(made.code == 0);
    const std::string key = made.out.substr(made.out.find(' ') + 1, 32);
    const auto cut = [](const fs::path& file) { fs::resize_file(file, fs::file_size(file) - 100); };

    const fs::path result = folder / "s.tercet" / "arrays" / (key + ".h5");
    cut(result);
    const Answer check = call(folder, "check s.tercet");
    CHECK(check.code == 1);
    CHECK_THAT(check.out, Contains("run sample-triplets again"));
    const Answer shown = call(folder, "show s.tercet");
    CHECK(shown.code == 0);
    CHECK_THAT(shown.out, Contains("run sample-triplets again") && Contains("map/human-dimensions"));
    const Answer exported = call(folder, "export s.tercet sample-triplets t.npy");
    CHECK(exported.code == 1);
    checkOneSentence(exported.err);
    CHECK_FALSE(fs::exists(folder / "t.npy"));
    CHECK(call(folder, "run s.tercet sample-triplets").out == made.out);
    CHECK(call(folder, "check s.tercet").code == 0);

    cut(imports.front());
    CHECK_THAT(call(folder, "show s.tercet").out, Contains("r.csv again"));
    const Answer refused = call(folder, "run s.tercet simulate-judgments");
    CHECK(refused.code == 1);
    CHECK_THAT(refused.err, Contains("r.csv again"));
    CHECK(call(folder, "import s.tercet ratings r.csv").code == 0);
    CHECK(call(folder, "run s.tercet simulate-judgments").code == 0);
    CHECK(call(folder, "check s.tercet").code == 0);
}

TEST_CASE("a step that does not apply to a system says for which it does") {
    const ScratchFolder folder;
    folder.write("r.csv", ratings());
    std::string weights;
    for (int i = 0; i < 12; ++i)
        weights += std::to_string(i) + " " + std::to_string(12 - i) + "\n";
    folder.write("e.txt", weights);
    REQUIRE(call(folder, "import s.tercet ratings r.csv").code == 0);
    REQUIRE(call(folder, "import s.tercet embedding e.txt").code == 0);
    const Answer answer = call(folder, "run s.tercet fit-embedding --system e");
    CHECK(answer.code == 2);
    checkOneSentence(answer.err);
    CHECK_THAT(answer.err, Contains("“e”") && Contains("human-categories, human-dimensions"));
}

TEST_CASE("names that are not the study's stimuli in their order are refused") {
    const ScratchFolder folder;
    folder.write("r.csv", ratings());
    REQUIRE(call(folder, "import s.tercet ratings r.csv").code == 0);
    std::string forward;
    std::string backward;
    std::string weights;
    for (int i = 0; i < 12; ++i) {
        const std::string name = (i + 1 < 10 ? "000" : "00") + std::to_string(i + 1) + "\n";
        forward += name;
        backward.insert(0, name);
        weights += std::to_string(i) + " " + std::to_string(12 - i) + "\n";
    }
    folder.write("e.txt", weights);
    folder.write("forward.txt", forward);
    folder.write("backward.txt", backward);
    folder.write("more.txt", forward + "0013\n");
    for (const char* names : {"backward.txt", "more.txt"}) {
        const Answer refused = call(folder, std::string("import s.tercet embedding e.txt --names ") + names);
        CHECK(refused.code == 1);
        checkOneSentence(refused.err);
        CHECK_THAT(refused.err, Contains("the study’s order"));
    }
    CHECK(call(folder, "import s.tercet embedding e.txt --names forward.txt").code == 0);
}

TEST_CASE("parameters that were set are said at every run that they are in force") {
    const ScratchFolder folder;
    folder.write("r.csv", ratings());
    REQUIRE(call(folder, "import s.tercet ratings r.csv").code == 0);
    const std::string run = "run s.tercet simulate-judgments --system human-categories";
    CHECK_THAT(call(folder, run).out, !Contains("--"));
    CHECK_THAT(call(folder, run + " --seed 7").out, Contains("(--seed 7)"));
    CHECK_THAT(call(folder, run).out, Contains("(--seed 7)"));
    const Answer again = call(folder, run + " --seed=");
    CHECK(again.code == 0);
    CHECK_THAT(again.out, Contains("simulate-judgments") && !Contains("--"));
}

#ifdef TERCET_GUI
TEST_CASE("a figure's values are written as tables, and an unknown ending is refused") {
    const ScratchFolder folder;
    folder.write("r.csv", ratings());
    std::string weights;
    for (int i = 0; i < 12; ++i) {
        for (int k = 0; k < 12; ++k)
            weights += std::to_string(0.01 * ((i * 7 + k * 5) % 11) + 0.1 * (12 - k)) + " ";
        weights += "\n";
    }
    folder.write("e.txt", weights);
    REQUIRE(call(folder, "import s.tercet ratings r.csv").code == 0);
    const Answer imported = call(folder, "import s.tercet embedding e.txt");
    INFO(imported.err);
    REQUIRE(imported.code == 0);

    const Answer heat = call(folder, "figure s.tercet heat-map h.csv");
    INFO(heat.err);
    CHECK(heat.code == 0);
    CHECK(heat.out == "h.csv\n");
    const std::string csv = contentOf(folder / "h.csv");
    CHECK_THAT(csv, Catch::StartsWith("system,component,label,rating,kind,r,stimuli\n"));
    CHECK(std::count(csv.begin(), csv.end(), '\n') == 1 + 12 * 4);
    CHECK(call(folder, "figure s.tercet labels l.tex").out ==
          "l-component-labels.tex\nl-component-labels-side-by-side.tex\n");
    CHECK_THAT(contentOf(folder / "l-component-labels.tex"), Contains("\\toprule"));

    for (const char* file : {"h.xlsx", "h"}) {
        const Answer refused = call(folder, std::string("figure s.tercet heat-map ") + file);
        CHECK(refused.code == 2);
        checkOneSentence(refused.err);
        CHECK_THAT(refused.err, Contains(".pdf, .svg or .png") && Contains(".csv, .tsv or .tex"));
    }
    for (const char* file : {"h.csv", "h.svg"}) {
        const Answer nowhere = call(folder, std::string("figure s.tercet heat-map no/such/") + file);
        CHECK(nowhere.code == 1);
        checkOneSentence(nowhere.err);
        CHECK_THAT(nowhere.err, Contains("no/such") && !Contains("space"));
    }

    // Twelve components are two pages.
    CHECK(call(folder, "figure s.tercet gallery g.csv").code == 0);
    CHECK_THAT(contentOf(folder / "g-top-stimuli.csv"), Contains(",1,") && !Contains(",12,"));
    CHECK(call(folder, "figure s.tercet gallery g2.csv --page 2").code == 0);
    const std::string second = contentOf(folder / "g2-top-stimuli.csv");
    CHECK_THAT(second, Contains(",11,") && Contains(",12,"));
    const Answer beyond = call(folder, "figure s.tercet gallery g3.csv --page 3");
    CHECK(beyond.code == 2);
    checkOneSentence(beyond.err);
    CHECK_THAT(beyond.err, Contains("1 to 2") && Contains("found 3"));
    CHECK(!fs::exists(folder / "g3-top-stimuli.csv"));
    const Answer pages = call(folder, "figure s.tercet heat-map h.csv --page 1");
    CHECK(pages.code == 2);
    CHECK_THAT(pages.err, Contains("only the presets gallery, component-maps, subject-maps have pages"));

    const Answer all = call(folder, "figure s.tercet all out");
    CHECK(all.code == 0);
    CHECK_THAT(all.out, Contains("out/heat-map.csv\n") && Contains("out/gallery-words.csv\n") &&
                            Contains("out/gallery-2.pdf\n"));
    CHECK(contentOf(folder / "out" / "heat-map.csv") == csv);
    CHECK_THAT(contentOf(folder / "out/index.html"), Contains("href=\"heat-map.csv\""));
}
#endif
