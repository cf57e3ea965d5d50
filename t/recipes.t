# conf.d/recipes: nginx takes each as it stands, and it does what it says.

use strict;
use warnings;

use AepClient;
use AepConfiguration;
use AepEdge;
use AepOrigin;
use AepServer;
use AepTag;
use Cwd ();
use File::Basename ();
use File::Temp ();
use IO::Socket::UNIX ();
use JSON::PP qw(encode_json);
use POSIX ();
use Test::More;

my $top     = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..');
my $recipes = "$top/conf.d/recipes";
my $inc     = "$top/conf.d/aep_website.inc";
my $edge    = AepEdge->start;
my $origin  = AepOrigin->start;
my $server;
my $number = 0;
my $event  = '{"events":[{"xdm":{"eventType":"commerce.purchases"}}]}';

my %shop = (
    page     => ['text/html; charset=utf-8', '<!doctype html><html><head><title>Shop</title></head><body>Shop</body></html>'],
    esi      => ['text/html; charset=utf-8', '<!doctype html><head></head><body>Part</body>'],
    api      => ['application/json',         '{"a":1}'],
    scripted => ['text/html; charset=utf-8', '<!doctype html><head></head><body><script nonce="NONCE">go()</script></body>'],
);
while (my ($name, $page) = each %shop) {
    my ($type, $body) = @$page;
    $origin->url($name, ["HTTP/1.1 200 OK\r\nContent-Type: $type\r\nContent-Length: " . length($body)
            . "\r\nCache-Control: public, max-age=60\r\nConnection: close\r\n\r\n", $body]);
}

sub content_of {
    my $name = shift;
    open my $in, '<', $name or die "$name: $!";
    local $/;
    return scalar <$in>;
}

# A recipe on free ports, with the module's locations of this tree.
sub adapted {
    my ($name, %replace) = @_;
    my $text = content_of("$recipes/$name");
    $text =~ s{(?<=include)(\s+)(?:/etc/nginx/)?aep/website\.inc}{$1$inc}g;
    $text =~ s/^(\s*listen\s+)(?:127\.0\.0\.1:)?\d+/${1}127.0.0.1:AEP_TLS_PORT/mg;
    $text =~ s/\Q$_\E/$replace{$_}/g for sort keys %replace;
    return $text;
}

# nginx with the recipe; requests then go to its server block.
sub start {
    my ($name, %replace) = @_;
    my $taken = adapted($name, %replace) =~ s/AEP_TLS_PORT/AepServer::free_port()/gre;
    accepts({ http => $taken =~ s/\blisten\s.*?;/listen unix:@{[ AepConfiguration::directory() ]}\/recipe.sock;/gr }, "nginx -t takes $name");
    my $text = adapted($name, %replace) =~ s/^aep_organization_id .*\n//mr;
    $server->quit if $server;
    $server = AepServer->start(edge => $edge->url, workers => 1, http => $text);
    $edge->clear;
    return AepClient->new($server->tls_port);
}

sub shop { return '127.0.0.1:' . $origin->port }

# Sends an event, and returns the request as it reaches Edge.
sub sends {
    my ($client, %header) = @_;
    $edge->clear;
    my $answer = $client->post('/ee/v1/interact?requestId=r' . ++$number, $event, %header);
    is($answer->{status}, 200, 'an event is taken') or return {};
    return $edge->requests(at_least => 1)->[0];
}

sub tag_in { my ($client, $path, %header) = @_; return AepTag::marked($client->get($path, %header)->{body}) }

my $tagged = '<!doctype html><html><head>[tag]<title>Shop</title></head><body>Shop</body></html>';

subtest 'cache_in_front.conf' => sub {
    my $client = start('cache_in_front.conf', '127.0.0.1:8000' => shop());
    is(tag_in($client, '/page'), $tagged, 'a page has the tag');
    is(tag_in($client, '/esi/part'), '<!doctype html><head></head><body>Part</body>', 'a part for ESI has none');
    my $got = sends($client, 'X-Forwarded-For' => '198.51.100.7');
    is($got->{headers}{'x-forwarded-for'}, '198.51.100.7', 'Edge gets the visitor\'s address');
};

subtest 'cache_in_front.vcl' => sub {
    my $root = "$top/build/deps/varnish";
    my $varnish = -x "$root/usr/sbin/varnishd" ? "$root/usr/sbin/varnishd" : '/usr/sbin/varnishd';
    plan skip_all => 'there is no Varnish: t/tools/unpack.sh build/deps/varnish varnish libvarnishapi3 libjemalloc2 gets it'
        unless -x $varnish;
    my $work = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
    my $port = AepServer::free_port();
    my $vcl  = content_of("$recipes/cache_in_front.vcl") =~ s/"8080"/'"' . $server->tls_port . '"'/re;
    open my $out, '>', "$work/shop.vcl" or die $!;
    print $out $vcl;
    close $out or die $!;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDOUT, '>', "$work/log";
        open STDERR, '>&', \*STDOUT;
        $ENV{LD_LIBRARY_PATH} = join ':', grep { -d } glob "$root/usr/lib/*-linux-gnu $root/usr/lib/*-linux-gnu/varnish";
        exec $varnish, '-F', '-j', 'none', '-n', "$work/state", '-a', "127.0.0.1:$port", '-f', "$work/shop.vcl", '-s', 'malloc,16m'
            or POSIX::_exit(127);
    }
    my $client = AepClient->new($port);
    my $runs = AepServer::wait_until(sub { IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") }, 20);
    ok($runs, 'Varnish takes it') or diag(content_of("$work/log"));
    if ($runs) {
        my @pages = map { $client->get('/page', 'X-Forwarded-For' => "198.51.100.$_") } 1, 2;
        is(AepTag::marked($pages[1]{body}), $tagged, 'a page has the tag');
        like($pages[1]{headers}{'x-varnish'}[0], qr/^\d+ \d+$/, 'and comes from the cache for the second visitor');
        my ($path) = AepTag::sources($pages[0]{body});
        my ($file) = map { $client->get($path, Cookie => "a=$_") } 1, 2;
        is($file->{status}, 200, 'the SDK file comes');
        like($client->get($path)->{headers}{'x-varnish'}[0], qr/^\d+ \d+$/, 'from the cache');
        my $cookie = 'kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general=in';
        my $got = sends($client, Cookie => $cookie);
        like(encode_json($got->{body}), qr/_AdobeOrg_consent/, 'an event arrives with its cookies');
        is($client->post('/ee/v1/interact?requestId=v', $event)->{headers}{'x-varnish'}[0] =~ /^\d+$/, 1, 'never from the cache');
    }
    kill TERM => $pid;
    waitpid $pid, 0;
};

subtest 'load_balancer.conf' => sub {
    my $client = start('load_balancer.conf', '127.0.0.1:8000' => shop(), '10.0.0.0/8' => '127.0.0.0/8');
    is(tag_in($client, '/page'), $tagged, 'a page has the tag');
    is(sends($client, 'X-Forwarded-For' => '192.0.2.99, 198.51.100.7')->{headers}{'x-forwarded-for'}, '198.51.100.7',
        'Edge gets the address that the balancer names, not what the visitor claims');
    is($client->get('/health')->{body}, "ok\n", 'the balancer has its own page');
};

subtest 'react_storefront.conf' => sub {
    my $client = start('react_storefront.conf', '127.0.0.1:3000' => shop(), '127.0.0.1:4000' => shop());
    is(tag_in($client, '/page'), '<!doctype html><html><head><title>Shop</title>[tag]</head><body>Shop</body></html>',
        'the tag is at the end of head');
    is($client->get('/api/products')->{body}, '{"a":1}', 'the API answers');
    sends($client);
};

subtest 'angular_storefront.conf' => sub {
    my $root = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
    chmod 0755, $root;
    my $page = '<!doctype html><html><head><meta charset="utf-8"><title>Shop</title></head><body></body></html>';
    my $with_tag = $page =~ s/(?=<title>)/[tag]/r;
    for (['index.html', $page], ['ngsw.json', '{}'], ['main-ABC123.js', 'go()']) {
        open my $out, '>', "$root/$_->[0]" or die $!;
        print $out $_->[1];
        close $out;
    }
    my $client = start('angular_storefront.conf', '/var/www/shop/browser' => "$root");
    my $types  = 'types { text/html html; application/javascript js; application/json json; }';
    $server->configure(http => $types . "\n" . $server->{options}{http});
    $server->reload;
    is(tag_in($client, '/'), $with_tag, 'a page has the tag');
    is(tag_in($client, '/products/1'), $with_tag, 'whatever its route');
    is(tag_in($client, '/index.html?ngsw-cache-bust=0.1'), $page, 'the worker gets it without');
    is($client->get('/ngsw.json')->{headers}{'cache-control'}[0], 'no-cache', 'the worker\'s list is asked for each time');
    like($client->get('/main-ABC123.js')->{headers}{'cache-control'}[0], qr/^max-age=/, 'scripts are kept');
    sends($client);
};

subtest 'csp_with_nonce.conf' => sub {
    my $client = start('csp_with_nonce.conf', '127.0.0.1:8000' => shop());
    my $page   = $client->get('/scripted');
    my ($nonce) = $page->{headers}{'content-security-policy'}[0] =~ /'nonce-(\w+)'/;
    is(AepTag::marked($page->{body}),
        qq(<!doctype html><head>[tag nonce="$nonce"]</head><body><script nonce="$nonce">go()</script></body>),
        'tag and scripts have the nonce of the policy');
    sends($client);
};

subtest 'several_nginx.conf' => sub {
    # The inner one has the module, too, and puts in a tag of its own.
    my $inner = AepServer->start(edge => $edge->url, workers => 1,
        server => "location = /page { proxy_pass http://@{[ shop() ]}; }");
    my $client = start('several_nginx.conf', '127.0.0.1:8081' => '127.0.0.1:' . $inner->port,
        '127.0.0.1:8082' => '127.0.0.1:' . $inner->port);
    is(tag_in($client, '/page'), $tagged, 'a page has one tag');

    # Another one beside it: the same request again has the same _id.
    $edge->clear;
    my $visit = '/ee/v1/interact?requestId=everywhere';
    is(AepClient->new($_)->post($visit, $event)->{status}, 200, 'one of the two takes it') for $server->tls_port, $inner->port;
    my %ids = map { encode_json($_->{body}) =~ /"_id":"([^"]+)"/ ? ($1 => 1) : () } @{ $edge->requests(at_least => 2) };
    is(scalar keys %ids, 1, 'both send the event with one _id');
    $inner->ends_soon;
};

# ---- a FastCGI server that tells what it gets, as PHP-FPM with Commerce ----

sub serve_fastcgi {
    my $path      = shift;
    my $listening = IO::Socket::UNIX->new(Local => $path, Listen => 8) or die "$path: $!";
    chmod 0666, $path;
    my $pid = fork // die "fork: $!";
    return $pid if $pid;
    $SIG{PIPE} = 'IGNORE';
    while (my $client = $listening->accept) {
        my ($data, $parameters, $type) = ('', '');
        do {
            my ($head, $content) = ('', '');
            read $client, $head, 8 or last;
            (my $version, $type, my $id, my $length, my $padding) = unpack 'CCnnC', $head;
            read $client, $content, $length + $padding if $length + $padding;
            $parameters .= substr $content, 0, $length if $type == 4;
        } until $type == 5;
        my %is;
        while (length $parameters) {
            my @sizes;
            for (1, 2) {
                my $size = unpack 'C', $parameters;
                push @sizes, $size < 128 ? $size : unpack('N', $parameters) & 0x7fffffff;
                substr $parameters, 0, $size < 128 ? 1 : 4, '';
            }
            my $name = substr $parameters, 0, $sizes[0], '';
            $is{$name} = substr $parameters, 0, $sizes[1], '';
        }
        my $page = "Content-Type: text/html; charset=UTF-8\r\n\r\n<!doctype html><head></head><body>$is{MAGE_RUN_CODE} $is{REQUEST_URI}</body>";
        print $client pack('CCnnCC', 1, 6, 1, length $page, 0, 0), $page, pack('CCnnCC', 1, 6, 1, 0, 0, 0), pack('CCnnCCNC4', 1, 3, 1, 8, 0, 0, 0, 0, 0, 0, 0);
        close $client;
    }
    POSIX::_exit(0);
}

subtest 'magento_websites.conf' => sub {
    my $work = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
    chmod 0755, $work;
    my $pid = serve_fastcgi("$work/php.sock");
    mkdir "$work/$_" for 'pub', 'pub/static';
    open my $out, '>', "$work/pub/static/site.css" or die $!;
    print $out 'body {}';
    close $out;
    my $client = start('magento_websites.conf', '/run/php/php-fpm.sock' => "$work/php.sock", '/var/www/magento' => "$work");

    my %datastream = (north => '6a1c2f30-8d4b-4e57-a9c1-0b7d5e3f9a12', south => '0b9e1a52-7d3c-4f68-8b1a-5c2d9e7f3a41');
    for my $website (sort keys %datastream) {
        my $host = "$website.shop.example";
        my $page = $client->get('/catalog/product?id=1', Host => $host);
        is(AepTag::marked($page->{body}), "<!doctype html><head>[tag]</head><body>$website /catalog/product?id=1</body>",
            "$website: a page has the tag");
        my ($data) = AepTag::data($page->{body});
        like($data, qr/$datastream{$website}/, 'with its datastream');
        like($data, qr/"$website"/,            'and its website code');
        is(sends($client, Host => $host, Origin => "https://$host")->{query}{configId}, $datastream{$website}, 'its events go there');
    }
    is(tag_in($client, '/admin/dashboard', Host => 'north.shop.example'),
        '<!doctype html><head></head><body>north /admin/dashboard</body>', 'the administration has no tag');
    is($client->get('/static/version17/site.css', Host => 'north.shop.example')->{body}, 'body {}', 'static files come');
    is($client->get('/other.php', Host => 'north.shop.example')->{status}, 404, 'no other program runs');
    kill TERM => $pid;
    waitpid $pid, 0;
};

subtest 'ingress_nginx.md' => sub {
    my %snippet = map { $_ => [] } qw(main http server location);
    my $text = content_of("$recipes/ingress_nginx.md");
    push @{ $snippet{$1} }, $2 while $text =~ /^ *```nginx (\w+)\n(.*?)^ *```$/msg;
    is(scalar @{ $snippet{$_} } > 0, 1, "a snippet for $_") for sort keys %snippet;
    like($snippet{main}[0], qr{^load_module\s+\S+/ngx_http_aep_module\.so;$}, 'the module is loaded');
    my $has_status = content_of("$top/src/module.cpp") =~ /"aep_status"/;
    my $http = join "\n", grep { $has_status || !/aep_status/ } @{ $snippet{http} };
    my $directory = AepConfiguration::directory();
    s{/etc/nginx/aep/website\.inc}{$inc}g, s{/var/lib/aep-queue}{$directory/aep-queue}g, s{listen\s+\d+}{listen unix:$directory/s.sock}g
        for $http, @{ $snippet{server} };
    accepts({ http => $http, server => join("\n", @{ $snippet{server} }), location => join("\n", @{ $snippet{location} }) },
        'nginx -t takes all of them');
};

my %tried = map { $_ => 1 } content_of(__FILE__) =~ /^subtest '([\w.]+)'/mg;
is(join(' ', grep { !$tried{$_} } map { File::Basename::basename($_) } glob "$recipes/*"), '', 'each recipe is tried');
my $install = content_of("$top/docs/install.md");
is(join(' ', grep { $install !~ /^\| `\Q$_\E`/m && !/\.vcl$/ } map { File::Basename::basename($_) } glob "$recipes/*"), '', 'and is in docs/install.md');
$server->ends_soon;
$server->is_clean('with the recipes');

done_testing;
