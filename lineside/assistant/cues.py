"""Words that tell what a question is about, in English, German and Chinese. Rows, read top down by `understand.py`.

They are matched against a question that was folded (lower case, no accents) and whose German and Chinese plant words
were replaced by English ones.
"""

from __future__ import annotations

import re

from lineside.assistant.words import word_set

_DOING = "(stopp|wait|block|starv|down|runn|affected|alarm|stand)"
_KINDS = "(machines|devices|stations|equipment)"
_POLITE = "(?:please |can you |could you |would you |bitte |kannst du |请)?(?:now )?"


def _any(patterns: str) -> re.Pattern[str]:
    """One pattern per line; any of them. `_POLITE_` and its like stand for parts that would make a line too long."""
    joined = "|".join(line.strip() for line in patterns.splitlines() if line.strip())
    for name, part in (("_POLITE_", _POLITE), ("_DOING_", _DOING), ("_MACHINES_", _KINDS)):
        joined = joined.replace(name, part)
    return re.compile(joined.replace("maschinen", "(?:maschinen|machine)"))  # which is English when it is read


HELP = _any(r"""
    ^(hi|hello|hey|help|thanks|thank you|hallo|hilfe|danke|guten (tag|morgen|abend))\b[\s!.?]*$
    what can (you|i) (do|ask)
    who are you
    what are you
    how can you help
    was kannst du
    wer bist du
    你好
    你能做什么
    ^帮助
""")

TIME = _any(r"""
    what time is it
    what('s| is) the (current |local )?(date|time)\b(?! of| between| since)
    what day is it
    which date
    wie spat
    uhrzeit
    welches datum
    welcher tag
    几点
    现在.*时间
    今天.*(日期|几号)
""")

FUTURE = _any(r"""
    \btomorrow
    \bnext (week|shift|month|year|hour|day|monday|time)\b
    \bforecast
    \bpredict
    \bwill\b.*\b(be|produce|make|fail|break|stop|run out|finish|reach|happen|need|last|start)\b
    \bwhen will\b
    going to (be|fail|break|stop|happen|produce)
    \bmorgen\b(?! fruh$)
    nachste[nrs]? (woche|schicht|stunde|monat)
    vorhersag
    prognose
    \bwird\b.*\b(sein|ausfallen|produzieren)
    明天
    下周
    下个月
    下一班
    预测
    将会
""")

ORDER = _any(r"""
    ^_POLITE_(acknowledge|ack|shelve|unshelve|restart|reset|stop|start|shut|switch|turn o(?:n|ff)|send|delete)\b
    ^_POLITE_(approve|confirm)\b
    ^_POLITE_(clear the alarm|quittier|starte|stoppe|schalte|sende|losche|genehmig)
    ^_POLITE_(确认报警|重启|启动|停止|发送|批准)
""")

CHANGE = _any(r"""
    \b(set|change|raise|lower|increase|decrease|reduce|adjust|put|bring|turn (?:up|down)|propose|suggest)\b
    \b(stell|stelle|setz|setze|erhoh\w*|senk\w*|ander\w*|reduzier\w*|verringer\w*|regle|schlag\w* .* vor)\b
    (设为|设置|调到|调至|提高到|降低到|改为|建议把)
""")
CHANGE_TO = re.compile(r"(?:\b(?:to|at|auf|=)\s*|(?:到|至|为)\s*)([-−+]?\d+(?:[.,]\d+)?)")
CHANGE_FIRST = re.compile(
    rf"^{_POLITE}(?:set|change|raise|lower|increase|decrease|reduce|adjust|propose"
    r"|stell|setz|erhoh|senk|ander|reduzier|verringer|把|将|设)"
)

ACKNOWLEDGED = _any(r"""
    acknowledg
    \backed\b
    \bshelv
    out of service
    \bcomment
    quittier
    kommentar
    pausiert
    (has|is|did) (anyone|anybody|someone|somebody)
    who (is|was) (there|working|handling|looking)
    kummert sich
    确认
    搁置
    有人处理
""")

LOST = _any(r"""
    \b(lost|lose|losing|wasted|downtime)\b
    \b(has|have|did)\b.*\bcost\b
    \bcosts? (us|me|the line|the shift)\b
    verlor
    verlust
    ausfallzeit
    stillstandszeit
    gekostet
    kostet
    损失
    耽误了?多
    停机时间
""")

VICTIMS = _any(r"""
    held up
    affected
    \bvictim
    who else
    what else (is|was|stopped|stands)
    impact
    consequence
    which (other )?machines? .*(wait|block|starv|stand|suffer|stuck)
    machines? (are |were )?(waiting|blocked|starved)
    who (is|was|are) (waiting|blocked|starved)
    aufgehalten
    betroffen
    wer wartet
    welche (anderen )?maschinen .*(warten|steh|blockier)
    folge
    受影响
    影响了
    被耽误
""")

CAUSE = _any(r"""
    \bwhy\b
    \bcause
    \breason\b
    what('s| is| was| went) (the )?(wrong|matter|problem|issue|trouble|up)\b
    what happened
    what('s| is) (happening|going on)
    root
    \bblame
    responsible
    at fault
    what stopped
    what('s|s| is| was)? (keep|hold|stop|block)(s|ing|ping|ed)?\b
    ^y (is|are|did|does|has)\b
    who stopped
    what broke
    which machine (has |have |is |was )?(stopp|caus|broke|at fault|fail|the cause|to blame|responsible|holds? up|block)
    which machine (has |have |is |was )?(the problem|the culprit|down)
    culprit
    bottleneck
    holding (up|us)
    what (is|was) holding
    warum
    wieso
    weshalb
    ursache
    \bgrund\b
    \bschuld
    was ist (los|passiert)
    woran liegt
    was hat .*(gestoppt|angehalten)
    welche machine (hat|ist schuld|steht)
    为什么
    为何
    原因
    怎么回事
    出了什么
    哪台.*(停|故障|造成|导致|引起)
""")

SINCE = _any(r"""
    since when
    how long (has|have|is|was|were|did|ago)\b
    how (many|much) (minutes|hours|seconds|time) (has|have|is|was|were|did)\b.*\b(been|stand|stood|down|stopp|dead|out)
    for how long
    ^(and |but )?how long( (exactly|already|now))?\W*$
    ^(und )?wie lange( (schon|genau))?\W*$
    when (did|was|has|were)\b
    (at )?what time (did|was|has)
    seit wann
    wie lange (steht|stand|ist|schon|war|lauft|dauert der|hat)
    wann (ist|hat|war|wurde|blieb|stand)
    um wie viel uhr
    什么时候
    多久了
    何时
    停了多久
    多长时间了
    从几点
""")

NEXT = _any(r"""
    what (should|do|can|must|shall|would|could) (i|we|one|you|(the|an) operator|somebody)\b.*\b(do|check|try|start|look)
    what (do|should) (i|we) do
    what (is|are) (the )?next
    what next
    next step
    what now
    what to do
    what needs to be done
    what .* check first
    how (do|can|should|to) (i|we|you)? ?(get|bring|fix|solve|repair|resolve|handle|deal)
    first thing to
    was (soll|muss|kann|mache|tue|tun|ist zu tun)
    was jetzt
    was nun
    nachste[nrs]? schritt
    wie bringe ich
    zuerst prufen
    怎么办
    怎么处理
    下一步
    该做什么
    应该.*做
    如何处理
    先检查
""")

HOW_TO = _any(r"""
    \bhow (do|does|can|could|should|must|would|to|is|are|often|much|many|far|thick|tight)\b
    \bhow long (does|do|can|may|should|must|is a)\b
    \bwhat (does|is the meaning|tool|key|size|grease|part)\b
    \bwhen (should|must|do|can|may)\b
    \bmay (i|we|you|one)\b
    \bam i allowed
    \bis it (allowed|safe|ok|permitted)
    \bcan (i|we|you|one)\b
    \bmust (i|we|you|one)\b
    \bshould (i|we|you|one)\b
    \bwie (kann|muss|soll|oft|lange dauert|viel|geht|wird|werden|macht|funktioniert|reinige|wechsle|schmiere)\b
    \bwie .*\b(ich|man)\b
    darf (ich|man)
    (怎么|如何|怎样)
    多久一次
    可以.*吗
""")

DOCUMENT = _any(r"""
    \bmanuals?\b
    handbook
    \bsops?\b
    procedure
    document
    instruction
    according to
    work order template
    规程
    手册
    说明书
""")

LIMITS = _any(r"""
    \blimits?\b
    \ballowed\b
    \bpermitted\b
    \bthreshold
    \btolerance
    \bset ?point
    too (hot|cold|warm|high|low|fast|slow|wet|dry)
    \b(in|within|inside|outside|out of) (its |the )?(range|limit|spec|band)
    \bnormal (range|value)
    zulassig
    erlaubt
    im rahmen
    sollwert
    zu (warm|kalt|hot|cold|hoch|niedrig|schnell|langsam)
    限值
    范围
    正常吗
    太(高|低|热|冷)
""")
LOWEST = _any(r"""
    \blowest\b
    \bmin(imum|imal)?\b(?! ago)(?!utes)
    \bcoldest\b
    \bslowest\b
    smallest
    最低
    最小
    \bkalteste
""")
HIGHEST = _any(r"""
    \bhighest\b
    \bmax(imum|imal)?\b
    \bpeak
    \bhottest\b
    \bwarmest\b
    \bfastest\b
    largest
    最高
    最大
""")
MEAN = _any(r"""
    \bmean\b(?! by)
    \baverage
    \bavg\b
    平均
""")
TREND = _any(r"""
    \btrend
    \brising\b
    \brises?\b
    \bfalling\b
    \bfalls?\b
    \bdrifting
    \bdropp(ed|ing)
    \bgo(ing|ne)? (up|down)
    increasing
    decreasing
    getting (warmer|colder|hotter|slower|faster|wetter|drier|worse|better)
    changed
    developed
    \bsteig
    \bsinkt
    gestiegen
    gesunken
    entwickelt
    verlauf
    趋势
    上升
    下降
    变化
""")
AGE = _any(r"""
    how old
    how fresh
    how recent
    last (heard|reading|value|message|seen|reported)
    when .*last (report|speak|hear|sen[dt]|talk)
    wie alt
    zuletzt
    letzte[nrs]? (messwert|meldung|wert)
    多旧
    最后一次
    最近一次读数
""")
HOW_MANY = _any(r"""
    how many\b
    number of
    wie viele
    多少(个|块|箱|片)
""")

STATE = _any(r"""
    \brunn?(ing|s)?\b
    \bstopp?(ed|s|ing)?\b
    \bstand(s|ing)?( still)?\b
    \bblocked\b
    \bstarved\b
    \bdown\b
    \bstate\b
    \bstatus\b
    \bidle\b
    \bworking\b
    \boperating\b
    \bdoing\b
    \bonline\b
    \boffline\b
    \balive\b
    \bok\b
    \blauft\b
    \blaufen\b
    \bsteht\b
    \bstehen\b
    \bstand\b
    zustand
    blockiert
    in betrieb
    gestort
    \bwaiting\b
    \bmov(e|es|ing|ed)\b
    \b(dead|stuck|halted|broken|faulty)\b
    wartet
    运行
    状态
    停
    堵料
    缺料
    正常
""")

MACHINES = _any(r"""
    (which|what|how many|list|all|name)( of)?( the| all| your)* _MACHINES_\b(?!.*_DOING_)
    machines? (are|do) (there|you know|we have|on)
    welche maschinen (gibt|hat|sind auf|gehoren)
    wie viele maschinen (gibt|hat)
    (有哪些|多少台)机器
    哪些机器
""")

FLOW = _any(r"""
    \bfeeds?\b
    \bfed\b
    \bfeeding\b
    upstream
    downstream
    (comes?|goes|stands|is|are|what|which .*) (right )?(before|after|behind)\b
    (before|after) the\b.*\?$
    belieferte?
    kommt (nach|vor)
    \b(nach|vor) (dem|der)\b
    上游
    下游
    供料
    (之前|之后)是
""")
UPSTREAM = _any(r"""
    upstream
    \bbefore\b
    \bfed by\b
    \bfeeds (the|this)\b
    what feeds
    which .*feeds? the
    \bvor (dem|der)
    kommt vor
    上游
    之前
""")

ALARMS = _any(r"""
    \balarms?\b
    \bwarnings?\b
    \balerts?\b
    \btroubles?\b
    any (problem|issue)
    \bproblems?\b.*(today|shift|hour|since|earlier|else)
    \b(go|goes|gone|going|went) wrong\b
    anything (else )?(happen|wrong|broken|to report|new)
    schief (gegangen|gelaufen)
    \bopen (problems|issues)
    \bstorung
    \bmeldungen\b
    \bfaults?\b.*(today|shift|hour|open|recent)
    报警
    警报
""")

ADVISORY = _any(r"""
    advisor
    \badvice
    recommend
    notification
    \bnotified\b
    last message
    \bhinweis
    empfehl
    benachrichtig
    建议
    通知
""")

HYPOTHETICAL = _any(r"""
    \b(if|when|whenever|once)\b (the|a|an|it|i|we|my|there|this|that|cookies|boxes|something|someone|product)\b
    \bwenn\b
    \bfalls\b
    如果
    (时|的时候)
""")

LINE = _any(r"""
    \bline\b
    \bplant\b
    \bproduction\b
    \bfactory\b
    \beverything\b
    \bwe\b
    \bfabrik\b
    \bproduktion\b
    产线
    生产线
    工厂
    整条
""")
PRONOUN = _any(r"""
    \b(it|its|that|this|he|she|him|her|they|them|one|(the|this|that) machine|(the|this) alarm|the cause|there)\b
    \b(sie|er|es|diese[rsnm]?|die maschine|der alarm|daran|dort|ihn)\b
    (它|这个|那个|这台|该)
""")
ELLIPSIS = _any(r"""
    ^(and|und|what about|how about|was ist mit|wie ist es mit|那|那么|还有)\b
    ^(那|那么|还有)
""")

UNKNOWN_MACHINES = word_set("""
    oven mixer pump palletizer palletiser depalletizer robot wrapper mill press extruder filler capper boiler
    compressor dryer kiln lathe cutter slicer depositor fryer chiller proofer sheeter enrober icer decorator
    stacker blender grinder furnace autoclave centrifuge bottler washer painter welder crane forklift agv
    elevator checkweigher weigher detector packer shrinker polisher laminator crusher shredder separator
    pasteurizer homogenizer turbine generator divider moulder molder rounder baler dispenser sorter singulator
    granulator calender winder unwinder spooler tumbler roaster peeler
""")
"""What machines are often called. One that the plant does not have is answered with the names it has."""
