#pragma once

#include "head_finder_cases.hpp"

namespace aep::page::html::test {

using std::string_view_literals::operator""sv;

/// Where <head> ends. The policy "allowed" is one that allows the tag, and no other does.
constexpr HeadCase kEndCases[] = {
    // What closes <head> (HTML 13.2.6.4.4).
    {"end of head", kEither, kFound, "<html><head><title>x</title>^</head><body>"},
    {"end of head in capitals, with attributes", kEither, kFound, "<head>\n<title></title>\n^</HEAD a='>'>"},
    {"empty head", kEither, kFound, "<html><head>^</head>"},
    {"no head tag, an end of head", kEither, kFound, "<!doctype html><title>x</title>^</head>"},
    {"nothing of a head", kEither, kFound, "<!doctype html>^<p>x"},
    {"body tag", kEither, kFound, "<head><meta charset=utf-8><link rel=icon href=x>^<body>"},
    {"end of body", kEither, kFound, "<head><title>x</title>^</body>"},
    {"end of html", kEither, kFound, "<head><title>x</title>^</html>"},
    {"end of br, which is a br", kEither, kFound, "<head><title>x</title>^</br>"},
    {"frameset", kEither, kFound, "<head><title>x</title>^<frameset>"},
    {"an element of the body", kEither, kFound, "<head><title>x</title>\n^<div>"},
    {"an element with a long name", kEither, kFound,
     "<head><title>x</title>\n^<a-very-long-name-of-an-element>"},
    {"svg", kEither, kFound, "<head><title>x</title>^<svg><title>y</title></svg></head>"},
    {"text", kEither, kFound, "<head><title>x</title>\n ^text</head>"},
    {"text that begins like markup", kEither, kFound, "<head><title>x</title> ^<3</head>"},
    {"a character reference", kEither, kFound, "<head><title>x</title> ^&nbsp;</head>"},
    {"a reference to white space is none", kEither, kFound, "<head><title>x</title>&#32;&Tab;^</head>"},
    {"NUL", kEither, kFound, "<head><title>x</title>^\0</head>"sv},
    {"a byte order mark", kEither, kFound, "<head><title>x</title>^\xEF\xBB\xBF</head>"},
    {"the end of the document", kEither, kFound, "<head><title>x</title> \n^"},
    {"the end of the document in a tag", kEither, kFound, "<head><title>x</title> ^<body class"},
    {"the end of the document in an end tag", kEither, kFound, "<head><title>x</title> ^</he"},
    {"the end of the document in a reference", kEither, kFound, "<head><title>x</title> ^&#97"},
    {"the end of the document behind a reference to white space", kEither, kFound,
     "<head><title>x</title> &Tab;^"},

    // What stands for nothing, or belongs in <head>.
    {"comments", kEither, kFound, "<head><!-- </head> --><title>x</title><!--> <!x> <?y>^</head>"},
    {"end tags that are ignored", kEither, kFound, "<head></p></title></template></script>^</head>"},
    {"a second head and html tag", kEither, kFound, "<head><head><html lang=en>^</head>"},
    {"a second doctype", kEither, kFound, "<head><!doctype html>^</head>"},
    {"title", kEither, kFound, "<head><title></head><body></title>^</head>"},
    {"style", kEither, kFound, "<head><style></head></style >^</head>"},
    {"noscript", kEither, kFound, "<head><noscript></head><img></noscript>^</head>"},
    {"noframes", kEither, kFound, "<head><noframes></head></noframes>^</head>"},
    {"script", kEither, kFound, "<head><script>'</head>'</script>^</head>"},
    {"script with a script in a comment", kEither, kFound,
     "<head><script><!-- <script></script></head> --></script>^</head>"},
    {"self-closing script is open", kEither, kFound, "<head><script src=x /></head></script>^</head>"},
    {"all kinds", kEither, kFound,
     "<!doctype html><html><head><meta charset=utf-8><base href=/><basefont><bgsound><link><meta name=a "
     "content=b><title>x</title>^</head>"},
    {"a long style", kEither, kFound, "<head><style>{a{}*30000}</style>^</head>"},
    {"a long comment", kEither, kFound, "<head><!--{ a*30000}-->^</head>"},
    {"a long link", kEither, kFound, "<head><link href='data:,{a*3000}'>^</head>"},
    {"a long description", kEither, kFound, "<head><meta name=description content='{a*3000}'>^</head>"},
    {"much white space", kEither, kFound, "<head>{ *3000}^</head>"},
    {"a megabyte of script", kEither, kFound, "<head><script>{var a;*200000}</script>^</head>"},

    // What the tag may not follow.
    {"a policy that does not allow it", kEither, kFound,
     "<head><title>x</title>^<meta http-equiv=content-security-policy content=\"script-src 'none'\"></head>"},
    {"a policy, its content first", kEither, kFound,
     "<head><title>x</title>^<meta content=none http-equiv=Content-Security-Policy></head>"},
    {"a policy that allows it", kEither, kFound,
     "<head><meta http-equiv=content-security-policy content=allowed><title></title>^</head>"},
    {"a policy that allows it, in references", kEither, kFound,
     "<head><meta http-equiv=content-security-policy content='&#97;llow&#x65;d'><title></title>^</head>"},
    {"a policy with a reference that is not read", kEither, kFound,
     "<head>^<meta http-equiv=content-security-policy content='allowed&semi;'><title></title></head>"},
    {"two policies, the second does not allow it", kEither, kFound,
     "<head><meta http-equiv=content-security-policy content=allowed>^<meta "
     "http-equiv=content-security-policy content=no></head>"},
    {"a policy without a content", kEither, kFound,
     "<head>^<meta http-equiv=content-security-policy><title></title></head>"},
    {"a policy that is too long to be read", kEither, kFound,
     "<head>^<meta http-equiv=content-security-policy content='{a*1500}'></head>"},
    {"a policy that is too long, known too late", kEither, kNoHead,
     "<head><meta content='{a*1500}' http-equiv=content-security-policy></head>"},
    {"a base on the same host", kEither, kFound, "<head><base href=/shop/><base href=.>^</head>"},
    {"a base without an address", kEither, kFound, "<head><base target=_top><base href=''>^</head>"},
    {"a base on another host", kEither, kFound,
     "<head><title></title>^<base href=https://cdn.example/></head>"},
    {"a base on another host, without a scheme", kEither, kFound,
     "<head>^<base href=\" //cdn.example/\"></head>"},
    {"a base on another host, with a backslash", kEither, kFound,
     "<head>^<base href='/\\cdn.example/'></head>"},
    {"a base on another host, with a tab", kEither, kFound, "<head>^<base href='/\t/cdn.example/'></head>"},
    {"a base on another host, in a reference", kEither, kFound,
     "<head>^<base href='&#47;&#47;cdn.example/'></head>"},
    {"a base on another host that is long", kEither, kFound,
     "<head>^<base href=https://cdn.example/ data-a='{a*1500}'></head>"},
    {"a template", kEither, kFound, "<head><title></title>^<template></head></template></head>"},

    // No place.
    {"the tag stands there", kEither, kTagged,
     "<head><title>x</title><script async data-aep=''></script></head>"},
    {"a script that is not closed", kEither, kNoHead, "<head><title>x</title>{ *1100}<script></head>"},
    {"a comment that is not closed", kEither, kNoHead, "<head><title>x</title>{ *1100}<!-- </head>"},
    {"the end in a link", kEither, kNoHead, "<head><title>x</title>{ *1100}<link href"},
    {"a reference that is too long to be held", kEither, kNoHead,
     "<head><title>x</title>{ *1100}&#{0*1030}97;</head>"},
    {"a reference just too long to be held", kEither, kNoHead, "<head>{ *1100}&#{0*1020}97</head>"},
    {"a reference just short enough to be held", kEither, kFound, "<head>{ *1100}^&#{0*1019}97</head>"},
    {"an ESC in a script", kUnknown, kEncoding, "<head>{ *1100}<script>\x1B$B</script></head>"},
    {"an ESC in a script, where the charset is known", kKnown, kFound,
     "<head><script>\x1B$B</script>^</head>"},
    {"an ESC in a tag", kUnknown, kFound, "<head>{ *1100}^<meta content='\x1B$B'></head>"},
    {"an ESC between tags", kUnknown, kFound, "<head>{ *1100}<title></title> ^\x1B$B</head>"},

    // What is no document.
    {"a fragment", kEither, kNotDocument, "<div></div></head>"},
    {"an AMP page", kEither, kAmp, "<html amp><head></head>"},
};

}  // namespace aep::page::html::test
