// What people start a password from, most common first: the heads of published breach counts, names, places, seasons,
// teams, the words of a practice, and the commonest English words. A rank is what the word is worth to a guesser
// (guessable.ts), so this list of words stands for every phrase, repetition and decoration made of them.
// oxfmt-ignore
const byRank = `
password qwerty iloveyou letmein welcome admin monkey dragon sunshine princess football baseball master shadow superman
abc login passw pass secret hello love trustno starwars whatever freedom batman charlie michael jordan hunter killer
jennifer ashley daniel soccer hockey george andrew thomas robert william joshua matthew anthony jessica michelle nicole
summer winter spring autumn flower computer internet access mustang corvette ferrari mercedes porsche harley yankees
cowboys lakers steelers eagles ranger rangers tigger cheese cookie pepper ginger maggie buster bailey lucky buddy angel
angels cheyenne diamond silver golden orange purple yellow banana apple apples chocolate butterfly rainbow chicken
chelsea liverpool arsenal barcelona manchester united realmadrid juventus phoenix thunder lightning matrix pokemon
pikachu naruto minecraft roblox fortnite google facebook twitter youtube amazon netflix microsoft windows apple samsung
android iphone default changeme temporary temp test testing tester guest user root system manager administrator demo
trial example sample unknown nothing something anything everything please thankyou thanks forever always never together
family mother father mommy daddy mom dad sister brother baby babygirl babyboy sweetie honey darling beautiful gorgeous
friend friends bestfriend jesus christ jesuschrist god godisgood blessed blessing heaven church faith grace hope praise
amen lord savior bible angelina america american usa england london paris france germany berlin italy rome spain madrid
canada toronto australia sydney mexico brazil india mumbai delhi china japan tokyo korea russia moscow poland warsaw
texas dallas houston austin california losangeles chicago newyork boston miami florida seattle denver phoenix vegas
clinic hospital doctor nurse patient patients medical medicine health healthcare practice surgery surgeon dental dentist
pharmacy pharmacist physician reception frontdesk front desk office billing biller clinician chart charts record records
ehr emr care caring therapy therapist emergency ambulance ward unit laboratory radiology xray privacy officer security
secure private confidential hipaa epic cerner meditech allscripts athena medplum openemr openmrs fhir
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december easter christmas halloween birthday holiday vacation weekend morning evening night tonight
today tomorrow yesterday season
one two three four five six seven eight nine ten eleven twelve hundred thousand million zero first second third last
red blue green black white pink brown gray grey violet crimson scarlet indigo magenta
dog dogs doggy puppy cat cats kitty kitten horse horses pony tiger lion bear wolf wolves fox rabbit bunny mouse rat bird
eagle hawk falcon owl robin parrot duck goose swan turkey fish shark whale dolphin turtle snake spider bee butterflies
elephant giraffe zebra panda gorilla cow pig sheep goat
james john david richard joseph charles christopher paul mark donald kenneth steven edward brian ronald kevin jason
timothy jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory
frank alexander raymond patrick jack dennis jerry tyler aaron jose adam nathan henry zachary douglas peter kyle noah
ethan jeremy walter christian keith roger terry austin sean gerald carl harold dylan arthur lawrence jesse bryan billy
bruce gabriel joe logan alan juan albert willie elijah wayne randy vincent mason roy ralph bobby russell bradley philip
eugene luke liam oliver lucas leo max oscar felix simon victor martin ivan igor boris dmitri sergei pedro carlos luis
miguel diego pablo antonio francisco ahmed mohammed muhammad ali omar hassan ibrahim khan singh kumar patel raj
mary patricia linda elizabeth barbara susan sarah karen nancy lisa betty margaret sandra kimberly emily donna carol
amanda dorothy melissa deborah stephanie rebecca sharon laura cynthia kathleen amy shirley angela helen anna brenda
pamela emma samantha katherine christine debra rachel carolyn janet catherine maria heather diane ruth julie olivia
joyce virginia victoria kelly lauren christina joan evelyn judith megan andrea cheryl hannah jacqueline martha gloria
teresa ann sara madison frances kathryn janice jean abigail alice julia judy sophia grace denise amber doris marilyn
danielle beverly isabella theresa diana natalie brittany charlotte marie kayla alexis lori lucy molly ruby daisy lily
rose bella chloe zoe ella mia ava nina olga natasha svetlana fatima aisha priya sofia camila valentina gabriela
smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson taylor
moore jackson lee perez thompson harris sanchez clark ramirez lewis robinson walker young allen king wright torres
nguyen hill flores adams nelson baker hall rivera campbell mitchell carter roberts gomez phillips evans turner diaz
parker cruz edwards collins reyes stewart morris morales murphy cook rogers gutierrez ortiz morgan cooper peterson
the a i my is to and you of in it for me on that this with your be not are we at he she his her they them our us so do
no yes up down out all im ive dont cant wont isnt am was were has have had will would can could should what when where
who why how which there here from by as or but if then than about into over after before under again only just very
too more most some any each other new old good bad best better big small long short high low right left hot cold
go goto come get got give take make made know think want need like live life lives loves loved lover loving hate hates
see look find use work works working play player playing run running walk talk say said tell ask try keep let put set
open close stop start begin end help show feel leave call move turn read write learn speak stay stand sit eat drink
sleep wake dream dreams dreamer wish hope believe trust remember forget
man men woman women boy boys girl girls child children kid kids people person world country city town house home room
door window table chair bed car cars truck bus train plane boat ship bike road street way day days week month year years
time times hour minute hand hands head heart hearts face eye eyes body mind soul name names number numbers word words
book books page paper letter story song music guitar piano drum rock metal metallica nirvana beatles eminem slipknot
game games gamer team ball sport sports basketball tennis golf swimming fishing hunting camping running dance dancer
school student teacher college university class study science history english math money cash dollar rich bank job boss
company business phone email mail website server network laptop keyboard screen file data code hacker coder
water fire earth wind air sun moon star stars sky rain snow snowball ice storm cloud sea ocean beach river lake mountain
tree flowers garden grass forest island desert food pizza burger coffee tea beer wine whiskey vodka milk bread butter
cake candy sugar honeybee salt fruit cherry strawberry lemon peach mango coconut pumpkin potato tomato carrot onion
war peace army navy marine marines soldier warrior fighter ninja samurai knight king queen prince castle sword
magic wizard witch vampire zombie ghost demon devil satan lucifer evil death dead blood skull bullet gun rifle sniper
hero heroes legend power powers super mega ultra turbo rocket robot alien space galaxy planet universe future past
spiderman ironman hulk wolverine xmen avengers marvel joker robin harry potter harrypotter hogwarts gandalf frodo hobbit
lordoftherings starwars skywalker vader yoda jedi startrek enterprise simpsons homer bart family guy
mickey minnie mouse donald duck disney pixar nemo simba ariel cinderella elsa frozen barbie hellokitty snoopy garfield
scooby scoobydoo tweety bugs bunny looney tom jerry
fuck fucker fucking fuckyou fuckoff shit bitch asshole bastard pussy dick cock sexy sex porn horny boobs naked hot
ass butt bullshit damn hell crap suck sucks sucker
correct horse battery staple correcthorsebatterystaple tobeornottobe thequickbrownfox thequickbrownfoxjumpsoverthelazydog
quick fox jumps lazy onceuponatime supercalifragilisticexpialidocious unitedstatesofamerica unitedstates unitedkingdom
newyorkcity sanfrancisco sandiego losangelesca northcarolina southcarolina pennsylvania massachusetts
iloveyousomuch iloveyouforever iloveyoubaby iloveu loveyou loveme lovelove ihateyou imissyou iloveme iloveher ilovehim
iloveyoumore marryme kissme hugme myself yourself myspace mylove mylife mybaby myfamily myangel mypassword
thisismypassword thisisapassword thisisapass newpassword oldpassword longpassword strongpassword securepassword
mynewpassword yourpassword nopassword forgotpassword passwordforever passphrase passcode passport openme openup
opensesame letmeinnow letmeinplease pleaseletmein welcomehome welcomeback welcometo hellothere helloworld
goodmorning goodnight goodluck goodbye godbless godislove jesusisthelord jesuslovesme jesusislord jesussaves
masterofpuppets stairwaytoheaven bohemianrhapsody hotelcalifornia lynyrdskynyrd ledzeppelin pinkfloyd rollingstones
ironmaiden blacksabbath linkinpark redhotchilipeppers backstreetboys justinbieber onedirection taylorswift
manchesterunited manutd realmadridcf fcbarcelona bayernmunich newyorkyankees dallascowboys bostonredsox redsox
chicagobulls greenbaypackers oaklandraiders sanfranciscoers philadelphiaeagles pittsburghsteelers denverbroncos
patriots packers raiders broncos dolphins giants cubs bulls celtics warriors lebronjames michaeljordan kobebryant
davidbeckham cristianoronaldo ronaldo messi neymar zidane
donttouch donotenter keepout staycool stayout getoutofhere getout getlost whatsup whocares whoareyou whoami whatisthis
nobodyknows idontknow idontcare icantremember iforgot iforget dontforget rememberme neverforget neveragain nevergiveup
livelaughlove carpediem hakunamatata yolo lol lmao omg wtf asdf asdfg asdfgh asdfghjkl zxcv zxcvb zxcvbn zxcvbnm qwert
qwertyuiop qwertz azerty uiop hjkl jkl qaz wsx edc rfv tgb yhn ujm qazwsx qazwsxedc xyz abcd abcde abcdef abcdefg aaa
bbb ccc xxx zzz foo bar baz foobar blah blahblah bla
`

/** Word → bits: the logarithm of its rank. */
export const wordBits: ReadonlyMap<string, number> = rank(byRank)

function rank(text: string): Map<string, number> {
  const bits = new Map<string, number>()
  let at = 1
  for (const word of text.trim().split(/\s/)) if (!bits.has(word)) bits.set(word, Math.log2(++at))
  return bits
}
