use strict;
use warnings;

# A page is the same whoever asks for it, and for what: caches and service workers keep it for other visits. What is not
# for visitors is excepted by its address.

use AepClient;
use AepServer;
use AepTag;
use Test::More;

my $page     = '<!doctype html><head><meta charset="utf-8"><title>Shop</title></head>';
my $fragment = '<div>3 items</div>';
my $cdn_port = AepServer::free_port();

# A cache in front.
my $http = <<"HTTP";
    proxy_cache_path  cache keys_zone=cdn:1m;
    map \$http_x_requested_with \$is_visit { default on; XMLHttpRequest off; }
    server {
        listen      127.0.0.1:$cdn_port;
        add_header  X-Cache \$upstream_cache_status;
        location / {
            proxy_pass         http://127.0.0.1:AEP_PORT/;
            proxy_cache        cdn;
            proxy_cache_valid  1m;
        }
    }
HTTP
my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, http => $http, server => <<"SERVER");
    default_type  text/html;
    location / { alias html/; }

    location /visits/     { aep_inject \$is_visit; add_header Vary X-Requested-With; alias html/; }
    location /admin/      { aep_inject off; alias html/; }
    location /rest/       { aep_inject off; alias html/; }
    location /graphql     { aep_inject off; return 200 '$page'; }
    location /newsletter/preview/ { aep_inject off; alias html/; }
    location /esi/        { alias html/; }
    location /esi/header/ { aep_inject off; alias html/; }
SERVER
mkdir $server->directory . '/html';
for ([home => $page], [list => $fragment]) {
    open my $out, '>', $server->directory . "/html/$_->[0].html" or die "html: $!";
    print $out $_->[1];
}
my $client = $server->client;

sub said {
    my $answer = shift;
    my %lines  = %{ $answer->{headers} };
    delete $lines{date};
    return [(map { "$_: @{ $lines{$_} }" } sort keys %lines), $answer->{body}];
}

my %asks = (
    'a script that asks for some data'  => ['X-Requested-With' => 'XMLHttpRequest', Accept => '*/*'],
    'a fetch'                           => ['Sec-Fetch-Dest' => 'empty', 'Sec-Fetch-Mode' => 'cors'],
    'a browser that prefetches'         => ['Sec-Purpose' => 'prefetch', 'Sec-Fetch-Dest' => 'empty'],
    'a browser that prerenders'         => ['Sec-Purpose' => 'prefetch;prerender', Purpose => 'prefetch'],
    'a service worker that fills its cache' =>
        ['Sec-Fetch-Dest' => 'serviceworker', 'Sec-Fetch-Mode' => 'same-origin', 'Cache-Control' => 'reload'],
    'a service worker that preloads a navigation' => ['Service-Worker-Navigation-Preload' => 'true'],
    'a frame'                           => ['Sec-Fetch-Dest' => 'iframe', 'Sec-Fetch-Site' => 'cross-site'],
    'a bot'                             => ['User-Agent' => 'Mozilla/5.0 (compatible; Googlebot/2.1)'],
    'a visitor who saves data'          => ['Save-Data' => 'on'],
    'a script that replaces the page by another' =>
        ['Turbo-Frame' => 'main', 'X-PJAX' => 'true', Accept => 'text/html, application/xhtml+xml'],
    'who objects: the file decides that'      => ['Sec-GPC' => '1', DNT => '1', Cookie => 'mg_dnt=1'],
    'who is known'                            => [Cookie => 'PHPSESSID=abc', Authorization => 'Basic YTpi'],
);
my $expected = said($client->get('/home.html'));
is(AepTag::marked($expected->[-1]), $page =~ s/(?=<title>)/[tag]/r, 'a page has its tag');
for my $name (sort keys %asks) {
    is_deeply(said($client->get('/home.html', @{ $asks{$name} })), $expected, $name);
    is($client->get('/list.html', @{ $asks{$name} })->{body}, $fragment, "$name, and for a fragment");
}

# ---- a site that makes it depend on the request, behind a cache ----

my $browser = AepClient->new($cdn_port);
for my $status (qw(MISS HIT)) {
    my $visit  = $browser->get('/visits/home.html');
    my $script = $browser->get('/visits/home.html', 'X-Requested-With' => 'XMLHttpRequest');
    is(scalar AepTag::data($visit->{body}), 1, "$status, with the tag for a visit");
    is($script->{body}, $page, "$status, without it for a script");
    is("$visit->{headers}{'x-cache'}[0] $script->{headers}{'x-cache'}[0]", "$status $status",
        "$status, as the cache says");
}

# ---- what is not for visitors ----

is($client->get($_)->{body}, $page, "$_ is as it was")
    for qw(/admin/home.html /rest/home.html /graphql /newsletter/preview/home.html);

# ---- parts of a page that a cache in front puts together ----

is($client->get('/esi/list.html', 'Surrogate-Capability' => 'varnish=ESI/1.0')->{body}, $fragment,
    'a fragment stays clean');
is($client->get('/esi/header/home.html')->{body}, $page,
    'a part that is a document has a location without the tag');

$server->quit;
$server->is_clean('in all of it');
done_testing;
