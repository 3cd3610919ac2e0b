// Invented people need plausible names. Each tradition has its own given and family names, so that families hang
// together; none of the combinations is meant for anyone.
export interface Tradition {
  readonly weight: number
  readonly female: readonly string[]
  readonly male: readonly string[]
  readonly family: readonly string[]
  /** Races that people of this tradition mostly name, by OMB code; a household takes one. */
  readonly races: readonly OmbRace[]
  readonly hispanic: boolean
  readonly language: readonly [code: string, name: string]
}

export type OmbRace = '2106-3' | '2054-5' | '2028-9' | '1002-5' | '2076-8' | '2131-1'

const list = (text: string): readonly string[] => text.trim().split(/\s+/)
const english = ['en', 'English'] as const

export const traditions: readonly Tradition[] = [
  {
    weight: 34,
    female: list(`Abigail Adele Alberta Amelia Annika Beatrice Bernadette Bridget Camille Caroline Charlotte Clara
      Cordelia Daphne Deborah Eleanor Eloise Emma Estelle Evelyn Fiona Florence Genevieve Gretchen Harriet Hazel Heidi
      Imogen Ingrid Isabel Josephine Judith Katherine Lavinia Leonora Lorraine Louisa Lucinda Mabel Marianne Matilda
      Meredith Millicent Nadine Octavia Odette Ottilie Penelope Philippa Rosalind Rowena Sabrina Sylvia Tabitha Theodora
      Ursula Vivian Winifred Yvonne Zelda`),
    male: list(`Adrian Alastair Ambrose Archibald Barnaby Bartholomew Benedict Bertram Caspian Cedric Clarence Clifford
      Conrad Cornelius Desmond Duncan Edmund Edwin Elliot Emmett Ernest Ferdinand Finnegan Frederick Gareth Gilbert
      Gregory Gunther Harold Henrik Horace Hubert Ignatius Jasper Jerome Julian Lambert Leopold Lionel Malcolm Magnus
      Matthias Mortimer Nathaniel Neville Orson Oswald Percival Quentin Randolph Reginald Roderick Rupert Sebastian
      Silas Stefan Thaddeus Tobias Vincent Walter`),
    family:
      list(`Abernathy Addington Aldridge Ashcombe Atwater Barrowman Bannerman Beaumont Bellweather Birchall Blackthorne Bramwell
      Brennan Brightwater Burdett Calloway Carmody Chatterley Claybourne Coldwell Copperfield Cranleigh Crowhurst
      Dalrymple Danvers Davenport Dunleavy Eastwick Elphinstone Fairbairn Fairweather Fallowfield Farnsworth Fenwick Fitzgibbon
      Gallagher Garrity Gatsworth Gillespie Goldsworthy Greenhalgh Grimshaw Gunnarsson Halloran Hargreaves Hartwell
      Haverford Hawthorne Heatherington Henningsen Hollingsworth Holmquist Honeycutt Huxtable Ingersoll Ivarsson Jorgensen
      Kavanagh Kellerman Kilbride Kingsley Kirkwood Langstrom Larkspur Leatherby Lindqvist Lockhart Lovelace Lundgren
      MacAllister MacTavish Marchbanks Mayfield McGillicuddy McNamara Merriweather Middlebrook Montague Nethercott
      Nightingale Oakenshaw Ollerton Osterberg Pemberton Pendergast Penhaligon Pettigrew Ploughman Prendergast Quimby
      Rasmussen Ravenscroft Redfern Rochford Rosenthal Rutherford Satterfield Schumann Shackleford Silverthorne Sommerfeld
      Southgate Stapleton Steenkamp Stonebridge Strickland Sutherland Swanson Tattersall Tanqueray Templeton Thistlewood Thornbury
      Tillotson Trelawney Underhill Vandermeer Venables Wadsworth Wainwright Walsingham Weatherby Westergaard Whitcombe
      Whittaker Wigglesworth Winterbourne Wolstenholme Woodhouse Wycliffe Yardley Yelverton Youngblood`),
    races: ['2106-3', '2106-3', '2106-3', '2106-3', '2131-1'],
    hispanic: false,
    language: english,
  },
  {
    weight: 17,
    female: list(`Alejandra Araceli Beatriz Carmen Catalina Consuelo Daniela Dolores Esperanza Estefanía Fernanda
      Gabriela Graciela Guadalupe Inés Itzel Jimena Leticia Lourdes Lucía Magdalena Marisol Mónica Noemí Paloma Pilar
      Rocío Rosario Soledad Ximena Yolanda Zoraida`),
    male: list(`Alejandro Arturo Baltasar Cristóbal Cuauhtémoc Diego Eduardo Emiliano Esteban Fabián Fernando Gilberto
      Guillermo Gustavo Ignacio Javier Joaquín Leandro Lisandro Lorenzo Mateo Mauricio Nicolás Octavio Ramiro Raúl
      Rodrigo Salvador Santiago Teodoro Vicente Zacarías`),
    family:
      list(`Acevedo Aguirre Alvarado Arizmendi Arredondo Ballesteros Barragán Benavides Bermúdez Bocanegra Bustamante
      Caballero Camarena Cárdenas Castañeda Cervantes Chavarría Covarrubias Cuéllar Domínguez Echeverría Elizondo
      Escamilla Espinoza Estrada Fuentes Galindo Gallegos Góngora Guerrero Gutiérrez Hinojosa Ibáñez Izaguirre
      Jaramillo Ledesma Lizárraga Maldonado Manríquez Mendoza Montemayor Montoya Navarrete Núñez Olivares Orozco Palomino
      Peñaloza Pizarro Quiñones Quintanilla Rentería Saldaña Santillán Sepúlveda Tamayo Urrutia Valenzuela Villanueva
      Villaseñor Yáñez Zambrano Zapotitla Zúñiga`),
    races: ['2106-3', '2131-1', '2131-1', '1002-5'],
    hispanic: true,
    language: ['es', 'Spanish'],
  },
  {
    weight: 13,
    female: list(`Aaliyah Amara Ayanna Chiamaka Denisha Ebony Folasade Imani Jamila Keisha Latoya Makeda Nia Nkechi
      Oluchi Shanice Tamika Thandiwe Wangari Yetunde Zainab Zuri`),
    male: list(`Abiodun Babatunde Chukwuemeka Darnell DeShawn Emeka Femi Jabari Jamal Kwabena Kwame Lamar Malik Marquis
      Obinna Olumide Rashad Sekou Tendai Terrell Tyrone Uchenna`),
    family: list(`Abara Achebe Adebayo Adeyemi Agyemang Akintola Amoah Asante Baptiste Bankole Beauchamp Boateng Chukwu
      Coltrane Desrosiers Diallo Dlamini Ezenwa Fashola Freeman Gaines Gathoni Gebremedhin Ihejirika Jeffers Kamau
      Kipchoge Mensah Mwangi Ndiaye Ngozi Nwachukwu Obafemi Odhiambo Ogunleye Okonkwo Okoro Olatunji
      Onyango Osei Owusu Tembo Toussard Traoré Washbourne Winfield Zongo Zungu`),
    races: ['2054-5', '2054-5', '2054-5', '2131-1'],
    hispanic: false,
    language: english,
  },
  {
    weight: 9,
    female: list(`Aiko Akemi Chiyo Eun-ji Haruka Hye-jin Jiayi Kaori Li-hua Mei-ling Minh-châu Misaki Ngọc Noriko
      Qiaoling Sakura Seo-yeon Thuỳ Tomoko Xiaowen Xuân Yuna`),
    male: list(`Bao-long Dae-jung Daisuke Guowei Haoran Hiroshi Hyun-woo Jianguo Jun-seo Kenji Khánh Makoto Min-ho
      Quang Ryōta Sang-woo Satoshi Takeshi Tuấn Weidong Yichen Zhiqiang`),
    family:
      list(`Bạch Bùi Chaudoir Cheung Choi Đặng Đỗ Fujimoto Fukuda Gao Hamasaki Hashimoto Hoàng Huang Ishikawa Jeong
      Kanagawa Kang Kimura Kobayashi Kwon Liang Matsumoto Miyazaki Moriyama Nakagawa Nguyễn Nishimura Ogawa Ōtsuka Phạm
      Quách Sakamoto Shimizu Shin Sugiyama Takahashi Tanigawa Tien Trương Tsai Tseng Ueda Vũ Watanabe Xie Yamashita Yoon
      Zhang Zheng Zhou`),
    races: ['2028-9'],
    hispanic: false,
    language: ['zh', 'Chinese'],
  },
  {
    weight: 8,
    female: list(`Aishwarya Anjali Bhavana Deepika Fariha Gayatri Indira Jyoti Kalyani Lakshmi Meenakshi Nandini
      Padmavathi Priyanka Radhika Saraswati Shabnam Sunita Tanvi Vasundhara`),
    male: list(`Aditya Arvind Balakrishnan Chandrasekhar Devendra Faisal Gopal Harish Imran Jagdish Karthik Mahesh Naveen
      Prakash Raghunath Sanjay Subramaniam Tariq Venkatesh Vikram`),
    family: list(`Agarwal Ahluwalia Banerjee Bhattacharya Chakraborty Chaudhuri Deshpande Dhillon Gopalakrishnan Gupta
      Iyengar Jayawardena Kapoor Krishnamurthy Kulkarni Mahalingam Malhotra Mukherjee Nagarajan Padmanabhan
      Parthasarathy Qureshi Raghavan Rahman Rajagopalan Ranganathan Siddiqui Sivaramakrishnan Sundaram Thiruvengadam
      Upadhyay Varadarajan Venkataraman Vishwanathan Wickramasinghe`),
    races: ['2028-9', '2028-9', '2131-1'],
    hispanic: false,
    language: ['hi', 'Hindi'],
  },
  {
    weight: 8,
    female: list(`Agnieszka Bogdana Czesława Dobrosława Eszter Galina Halina Ilona Jadwiga Kateřina Ludmila Małgorzata
      Nadezhda Oksana Růžena Snežana Świetlana Tatiana Vesna Zsófia`),
    male: list(`Bartłomiej Bohdan Casimir Dragoslav Eugeniusz Franciszek Grigory Jaroslav Kazimierz László Miroslav Oleksandr
      Przemysław Radomir Stanisław Tadeusz Václav Vsevolod Wojciech Zbigniew`),
    family:
      list(`Andrzejewski Blažek Brzezicki Chrząszczyk Čapková Dvořák Dzierżanowski Fekete Grzybowski Horváth Jabłoński
      Kaczmarek Kovačević Krasnopolsky Kwiatkowski Łukasiewicz Marković Nemeth Novotný Ostrowski Petrenko Radzikowski
      Sokolova Stepanenko Szczepański Šimůnek Tkachenko Valenta Wiśniewski Wojciechowski Yaremchuk Zawadzki Zhukovsky Żółtowski`),
    races: ['2106-3'],
    hispanic: false,
    language: ['pl', 'Polish'],
  },
  {
    weight: 6,
    female: list(
      `Amina Basma Dalia Farah Ghada Hanan Khadija Layla Maryam Nour Rania Samira Shirin Soraya Yasmin Zahra`,
    ),
    male: list(
      `Abdulrahman Bashir Farid Ghassan Hamza Idris Jawad Karim Mahmoud Mustafa Nabil Omid Reza Samir Tarek Yusuf`,
    ),
    family:
      list(`Abdelaziz Al-Hashimi Al-Masri Bakhtiari Barakat Boutros Darwish El-Sayed Farahani Ghazali Habibi Haddad
      Hosseini Jazayeri Karimi Khalidi Khoury Mansour Nasrallah Qasim Rostami Sabbagh Shahin Tehrani Younis Zand`),
    races: ['2106-3', '2131-1'],
    hispanic: false,
    language: ['ar', 'Arabic'],
  },
  {
    weight: 3,
    female: list(`Aponi Chenoa Kaya Kalani Leilani Nokomis Noelani Pualani Tallulah Winona`),
    male: list(`Ahanu Chaska Dakota Kai Kekoa Keoni Makoa Nahele Tahoma Takoda`),
    family: list(
      `Begay Kahananui Kealoha Kaleohano Mahelona Manygoats Nakai Nihipali Roanhorse Swiftwater Tsosie Waipuna Yazzie`,
    ),
    races: ['1002-5', '2076-8'],
    hispanic: false,
    language: english,
  },
]

/** Shown beside or instead of the Latin spelling, for screens that must hold right-to-left and other scripts. */
export const nativeNames: readonly {
  readonly family: string
  readonly given: string
  readonly sex: 'female' | 'male'
}[] = [
  { family: 'الهاشمي', given: 'مريم', sex: 'female' },
  { family: 'القاسم', given: 'يوسف', sex: 'male' },
  { family: 'בן־שלום', given: 'נועה', sex: 'female' },
  { family: 'אזולאי', given: 'איתן', sex: 'male' },
  { family: '渡辺', given: '美咲', sex: 'female' },
  { family: '张', given: '伟东', sex: 'male' },
  { family: 'Ткаченко', given: 'Оксана', sex: 'female' },
  { family: 'Παπαδόπουλος', given: 'Νικόλαος', sex: 'male' },
]

/** Long ones, for banners and tables that must not break. */
export const longNames: readonly {
  readonly family: string
  readonly given: readonly string[]
  readonly sex: 'female' | 'male'
}[] = [
  {
    family: 'Wolfeschlegelsteinhausen-Featherstonehaugh',
    given: ['Maximiliana', 'Bartholomea', 'Alexandrina'],
    sex: 'female',
  },
  {
    family: 'Sivaramakrishnan-Thiruvengadam Ranganathan',
    given: ['Venkatanarasimharajuvaripeta', 'Subrahmanya'],
    sex: 'male',
  },
  {
    family: "O'Shaughnessy-Montemayor de la Fuente y Villaseñor",
    given: ['María', 'de los Ángeles', 'Guadalupe'],
    sex: 'female',
  },
]

/** What people like to be called instead of the name on their card. */
export const nicknames: Readonly<Record<string, string>> = {
  Abigail: 'Abby', Alejandra: 'Ale', Alejandro: 'Alex', Bartholomew: 'Bart', Beatrice: 'Bea', Benedict: 'Ben',
  Bernadette: 'Bernie', Caroline: 'Caro', Charlotte: 'Lottie', Chukwuemeka: 'Emeka', Deborah: 'Debbie', Edmund: 'Ned',
  Eduardo: 'Lalo', Eleanor: 'Nell', Ferdinand: 'Ferdy', Frederick: 'Fred', Genevieve: 'Gen', Gregory: 'Greg',
  Guadalupe: 'Lupe', Guillermo: 'Memo', Harriet: 'Hattie', Ignacio: 'Nacho', Ignatius: 'Iggy', Isabel: 'Izzy',
  Josephine: 'Josie', Katherine: 'Kit', Małgorzata: 'Gosia', Matilda: 'Tilly', Nathaniel: 'Nate', Penelope: 'Penny',
  Priyanka: 'Pri', Reginald: 'Reggie', Santiago: 'Santi', Sebastian: 'Seb', Subramaniam: 'Mani', Theodora: 'Teddy',
  Tobias: 'Toby', Winifred: 'Winnie', Wojciech: 'Wojtek',
} // oxfmt-ignore

export const streets: readonly string[] = list(`Alder Beech Brookside Chestnut Clearwater Cottonwood Elmgrove Fernhill
  Foxglove Harborview Hickory Hillcrest Juniper Larchmont Laurel Linden Maplewood Meadowlark Millpond Mulberry Old-Quarry
  Orchard Peachtree Primrose Quail-Run Riverbend Rosewood Sagebrush Sandpiper Spruce Sycamore Tamarack Thornapple
  Timberline Walnut Whippoorwill Willowbrook Windmill`).map((name) => name.replace('-', ' '))

export const streetKinds = ['Street', 'Avenue', 'Lane', 'Road', 'Drive', 'Court'] as const

/** Invented towns round the practice, with postal codes that are not assigned. */
export const towns: readonly (readonly [town: string, postalCode: string])[] = [
  ['Alderbrook', '00091'], ['Cedar Hollow', '00092'], ['Foxmere', '00093'], ['Lower Thistleton', '00094'],
  ['Marlow Springs', '00095'], ['Quillhaven', '00096'], ['Saltmarsh Point', '00097'], ['Wrenfield', '00098'],
] // oxfmt-ignore

export function everyName(): readonly string[] {
  return traditions.flatMap((tradition) => [...tradition.female, ...tradition.male, ...tradition.family])
}
