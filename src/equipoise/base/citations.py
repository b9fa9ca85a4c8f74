"""Citations: each method that was used can say where it comes from, as text and as BibTeX."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Citation:
    """A published source.

    Parameters
    ----------
    key
        BibTeX key, for example ``fay2013``.
    authors, year, title, journal, volume, pages, doi
        As printed; authors as ``Fay MP``, the volume with its number as ``14(4)``. ``doi`` may be empty.
    """

    key: str
    authors: str
    year: int
    title: str
    journal: str
    volume: str = ""
    pages: str = ""
    doi: str = ""

    @property
    def text(self) -> str:
        """The reference as one line of a bibliography."""
        place = ", ".join(part for part in (self.volume, self.pages) if part)
        tail = f" doi:{self.doi}" if self.doi else ""
        return (
            f"{self.authors} ({self.year}). {self.title}. {self.journal} {place}.".replace(" .", ".") + tail
        )

    @property
    def bibtex(self) -> str:
        """The reference as a BibTeX entry."""
        volume, _, number = self.volume.rstrip(")").partition("(")
        fields = {
            "author": " and ".join(_surname_first(one) for one in self.authors.split(", ")),
            "year": str(self.year),
            "title": "{" + self.title + "}",
            "journal": self.journal,
            "volume": volume,
            "number": number,
            "pages": self.pages.replace("–", "--"),
            "doi": self.doi,
        }
        body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        return f"@article{{{self.key},\n{body}}}\n"


def _surname_first(author: str) -> str:
    """``Fay MP`` as BibTeX reads it: ``Fay, M. P.``."""
    surname, _, initials = author.rpartition(" ")
    return f"{surname}, {' '.join(f'{one}.' for one in initials)}"


CITATIONS: dict[str, Citation] = {
    one.key: one
    for one in (
        Citation(
            "kaplan1958",
            "Kaplan EL, Meier P",
            1958,
            "Nonparametric estimation from incomplete observations",
            "Journal of the American Statistical Association",
            "53(282)",
            "457–481",
            "10.1080/01621459.1958.10501452",
        ),
        Citation(
            "aalen1978",
            "Aalen OO, Johansen S",
            1978,
            "An empirical transition matrix for non-homogeneous Markov chains based on censored observations",
            "Scandinavian Journal of Statistics",
            "5(3)",
            "141–150",
        ),
        Citation(
            "putter2007",
            "Putter H, Fiocco M, Geskus RB",
            2007,
            "Tutorial in biostatistics: competing risks and multi-state models",
            "Statistics in Medicine",
            "26(11)",
            "2389–2430",
            "10.1002/sim.2712",
        ),
        Citation(
            "putter2018",
            "Putter H, Spitoni C",
            2018,
            "Non-parametric estimation of transition probabilities in non-Markov multi-state models: the landmark Aalen–Johansen estimator",
            "Statistical Methods in Medical Research",
            "27(7)",
            "2081–2092",
            "10.1177/0962280216674497",
        ),
        Citation(
            "fay2013",
            "Fay MP, Brittain EH, Proschan MA",
            2013,
            "Pointwise confidence intervals for a survival distribution with small samples or heavy censoring",
            "Biostatistics",
            "14(4)",
            "723–736",
            "10.1093/biostatistics/kxt016",
        ),
        Citation(
            "andersen2013",
            "Andersen PK",
            2013,
            "Decomposition of number of life years lost according to causes of death",
            "Statistics in Medicine",
            "32(30)",
            "5278–5285",
            "10.1002/sim.5903",
        ),
        Citation(
            "klein2000",
            "Klein JP, Szydlo RM, Craddock C, Goldman JM",
            2000,
            "Estimation of current leukaemia-free survival following donor lymphocyte infusion therapy for patients with leukaemia who relapse after allografting: application of a multistate model",
            "Statistics in Medicine",
            "19(21)",
            "3005–3016",
            "10.1002/1097-0258(20001115)19:21<3005::AID-SIM592>3.0.CO;2-B",
        ),
        Citation(
            "schemper1996",
            "Schemper M, Smith TL",
            1996,
            "A note on quantifying follow-up in studies of failure time",
            "Controlled Clinical Trials",
            "17(4)",
            "343–346",
            "10.1016/0197-2456(96)00075-X",
        ),
        Citation(
            "morris2019",
            "Morris TP, Jarvis CI, Cragg W, Phillips PPJ, Choodari-Oskooei B, Sydes MR",
            2019,
            "Proposals on Kaplan–Meier plots in medical research and a survey of stakeholder views: KMunicate",
            "BMJ Open",
            "9(9)",
            "e030215",
            "10.1136/bmjopen-2019-030215",
        ),
        Citation(
            "cox1972",
            "Cox DR",
            1972,
            "Regression models and life-tables",
            "Journal of the Royal Statistical Society: Series B",
            "34(2)",
            "187–220",
            "10.1111/j.2517-6161.1972.tb00899.x",
        ),
        Citation(
            "breslow1974",
            "Breslow N",
            1974,
            "Covariance analysis of censored survival data",
            "Biometrics",
            "30(1)",
            "89–99",
            "10.2307/2529620",
        ),
        Citation(
            "efron1977",
            "Efron B",
            1977,
            "The efficiency of Cox's likelihood function for censored data",
            "Journal of the American Statistical Association",
            "72(359)",
            "557–565",
            "10.1080/01621459.1977.10480613",
        ),
        Citation(
            "fine1999",
            "Fine JP, Gray RJ",
            1999,
            "A proportional hazards model for the subdistribution of a competing risk",
            "Journal of the American Statistical Association",
            "94(446)",
            "496–509",
            "10.1080/01621459.1999.10474144",
        ),
        Citation(
            "lin1989",
            "Lin DY, Wei LJ",
            1989,
            "The robust inference for the Cox proportional hazards model",
            "Journal of the American Statistical Association",
            "84(408)",
            "1074–1078",
            "10.1080/01621459.1989.10478874",
        ),
        Citation(
            "grambsch1994",
            "Grambsch PM, Therneau TM",
            1994,
            "Proportional hazards tests and diagnostics based on weighted residuals",
            "Biometrika",
            "81(3)",
            "515–526",
            "10.1093/biomet/81.3.515",
        ),
        Citation(
            "verweij1994",
            "Verweij PJM, van Houwelingen HC",
            1994,
            "Penalized likelihood in Cox regression",
            "Statistics in Medicine",
            "13(23–24)",
            "2427–2436",
            "10.1002/sim.4780132307",
        ),
        Citation(
            "vanhouwelingen2007",
            "van Houwelingen HC",
            2007,
            "Dynamic prediction by landmarking in event history analysis",
            "Scandinavian Journal of Statistics",
            "34(1)",
            "70–85",
            "10.1111/j.1467-9469.2006.00529.x",
        ),
        Citation(
            "anderson1983",
            "Anderson JR, Cain KC, Gelber RD",
            1983,
            "Analysis of survival by tumor response",
            "Journal of Clinical Oncology",
            "1(11)",
            "710–719",
            "10.1200/JCO.1983.1.11.710",
        ),
        Citation(
            "peduzzi1995",
            "Peduzzi P, Concato J, Feinstein AR, Holford TR",
            1995,
            "Importance of events per independent variable in proportional hazards regression analysis. II. Accuracy and precision of regression estimates",
            "Journal of Clinical Epidemiology",
            "48(12)",
            "1503–1510",
            "10.1016/0895-4356(95)00048-8",
        ),
        Citation(
            "mantel1966",
            "Mantel N",
            1966,
            "Evaluation of survival data and two new rank order statistics arising in its consideration",
            "Cancer Chemotherapy Reports",
            "50(3)",
            "163–170",
        ),
        Citation(
            "peto1972",
            "Peto R, Peto J",
            1972,
            "Asymptotically efficient rank invariant test procedures",
            "Journal of the Royal Statistical Society, Series A",
            "135(2)",
            "185–207",
            "10.2307/2344317",
        ),
        Citation(
            "harrington1982",
            "Harrington DP, Fleming TR",
            1982,
            "A class of rank test procedures for censored survival data",
            "Biometrika",
            "69(3)",
            "553–566",
            "10.1093/biomet/69.3.553",
        ),
        Citation(
            "geskus2011",
            "Geskus RB",
            2011,
            "Cause-specific cumulative incidence estimation and the Fine and Gray model under both left truncation and right censoring",
            "Biometrics",
            "67(1)",
            "39–49",
            "10.1111/j.1541-0420.2010.01420.x",
        ),
        Citation(
            "kawaguchi2021",
            "Kawaguchi ES, Shen JI, Suchard MA, Li G",
            2021,
            "Scalable algorithms for large competing risks data",
            "Journal of Computational and Graphical Statistics",
            "30(3)",
            "685–693",
            "10.1080/10618600.2020.1841650",
        ),
        Citation(
            "gray1988",
            "Gray RJ",
            1988,
            "A class of K-sample tests for comparing the cumulative incidence of a competing risk",
            "The Annals of Statistics",
            "16(3)",
            "1141–1154",
            "10.1214/aos/1176350951",
        ),
        Citation(
            "mantel1974",
            "Mantel N, Byar DP",
            1974,
            "Evaluation of response-time data involving transient states: an illustration using heart-transplant data",
            "Journal of the American Statistical Association",
            "69(345)",
            "81–86",
        ),
        Citation(
            "suissa2008",
            "Suissa S",
            2008,
            "Immortal time bias in pharmaco-epidemiology",
            "American Journal of Epidemiology",
            "167(4)",
            "492–499",
            "10.1093/aje/kwm324",
        ),
        Citation(
            "simon1984",
            "Simon R, Makuch RW",
            1984,
            "A non-parametric graphical representation of the relationship between survival and the occurrence of an event: application to responder versus non-responder bias",
            "Statistics in Medicine",
            "3(1)",
            "35–44",
            "10.1002/sim.4780030106",
        ),
        Citation(
            "andersen2003",
            "Andersen PK, Klein JP, Rosthøj S",
            2003,
            "Generalised linear models for correlated pseudo-observations, with applications to multi-state models",
            "Biometrika",
            "90(1)",
            "15–27",
            "10.1093/biomet/90.1.15",
        ),
        Citation(
            "hernan2016",
            "Hernán MA, Robins JM",
            2016,
            "Using big data to emulate a target trial when a randomized trial is not available",
            "American Journal of Epidemiology",
            "183(8)",
            "758–764",
            "10.1093/aje/kwv254",
        ),
        Citation(
            "cain2010",
            "Cain LE, Robins JM, Lanoy E, Logan R, Costagliola D, Hernán MA",
            2010,
            "When to start treatment? A systematic approach to the comparison of dynamic regimes using observational data",
            "International Journal of Biostatistics",
            "6(2)",
            "18",
            "10.2202/1557-4679.1212",
        ),
        Citation(
            "robins2000",
            "Robins JM, Finkelstein DM",
            2000,
            "Correcting for noncompliance and dependent censoring in an AIDS clinical trial with inverse probability of censoring weighted (IPCW) log-rank tests",
            "Biometrics",
            "56(3)",
            "779–788",
            "10.1111/j.0006-341X.2000.00779.x",
        ),
        Citation(
            "gruber2022",
            "Gruber S, Phillips RV, Lee H, van der Laan MJ",
            2022,
            "Data-adaptive selection of the propensity score truncation level for inverse-probability-weighted and targeted maximum likelihood estimators of marginal point treatment effects",
            "American Journal of Epidemiology",
            "191(9)",
            "1640–1651",
            "10.1093/aje/kwac087",
        ),
        Citation(
            "prentice1978",
            "Prentice RL, Gloeckler LA",
            1978,
            "Regression analysis of grouped survival data with application to breast cancer data",
            "Biometrics",
            "34(1)",
            "57–67",
            "10.2307/2529588",
        ),
        Citation(
            "efron1981",
            "Efron B, Stein C",
            1981,
            "The jackknife estimate of variance",
            "Annals of Statistics",
            "9(3)",
            "586–596",
            "10.1214/aos/1176345462",
        ),
        Citation(
            "rubin1981",
            "Rubin DB",
            1981,
            "The Bayesian bootstrap",
            "Annals of Statistics",
            "9(1)",
            "130–134",
            "10.1214/aos/1176345338",
        ),
        Citation(
            "vanderweele2017",
            "VanderWeele TJ, Ding P",
            2017,
            "Sensitivity analysis in observational research: introducing the E-value",
            "Annals of Internal Medicine",
            "167(4)",
            "268–274",
            "10.7326/M16-2607",
        ),
        Citation(
            "manski1990",
            "Manski CF",
            1990,
            "Nonparametric bounds on treatment effects",
            "American Economic Review",
            "80(2)",
            "319–323",
            "",
        ),
    )
}


def bibliography(keys: Iterable[str]) -> str:
    """BibTeX of the named sources, sorted by key."""
    return "\n".join(CITATIONS[key].bibtex for key in sorted(set(keys)))
