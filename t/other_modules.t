use strict;
use warnings;

# Debian's own modules in the same nginx, loaded in front of ours and behind it.

use AepConfiguration;
use AepOrigin;
use AepServer;
use AepTag;
use Cwd ();
use File::Basename ();
use File::Temp ();
use IO::Uncompress::Gunzip ();
use IPC::Run ();
use Test::More;

my $top       = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..');
my $directory = "$top/build/deps/test-nginx/usr/lib/nginx/modules";
my $nginx     = AepServer::binary();
plan skip_all => 'this nginx is not Debian\'s, whose modules would not load'
    unless $nginx =~ m{^(?:/usr/sbin/)?nginx$} && -d $directory;

my $files = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
chmod 0755, $files;

sub write_file {
    my ($name, $text) = @_;
    open my $out, '>', "$files/$name" or die "$name: $!";
    print $out $text;
    close $out or die "$name: $!";
    return;
}

# What loads a module; undef where it, or a library of its, is missing.
sub load_line {
    my $name = shift;
    my $line = "load_module $directory/ngx_http_${name}_module.so;";
    write_file('nginx.conf', "$line\npid $files/nginx.pid;\nevents { }\n");
    my $said = `$nginx -t -e stderr -p $files -c $files/nginx.conf 2>&1`;
    note("without $name: $said") if $?;
    return $? ? undef : $line;
}

my %load = map { $_ => load_line($_) } qw(brotli_filter headers_more_filter image_filter js subs_filter xslt_filter);
my @missing = grep { !$load{$_} } sort keys %load;
plan skip_all => "missing: @missing" if @missing;
my $load_all = join "\n", map { $load{$_} } sort keys %load;

# ---- a shop that uses all of them ----

write_file('shop.js', <<'JS');
function shout(r, data, flags) {
    r.sendBuffer(data.replace("Welcome", "WELCOME"), flags);
}
function late(r, data, flags) {
    // Empty buffers, and the page in two.
    r.sendBuffer("", { last: false });
    r.sendBuffer(data.slice(0, 20), { last: false });
    r.sendBuffer(data.slice(20), flags);
}
function no_length(r) {
    delete r.headersOut["Content-Length"];
}
async function join(r) {
    const part = await r.subrequest("/part.html");
    r.headersOut["Content-Type"] = "text/html; charset=utf-8";
    r.return(200, "<!doctype html><head><title>Joined</title></head>" + part.responseText);
}
export default { join, late, no_length, shout };
JS
write_file('shop.xslt', <<'XSLT');
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="html" encoding="utf-8"/>
<xsl:template match="/shop"><html><head><title><xsl:value-of select="."/></title></head></html></xsl:template>
</xsl:stylesheet>
XSLT
write_file('shop.xml',  '<?xml version="1.0"?><shop>Shop</shop>');
write_file('page.html', '<!doctype html><html><head><title>Shop</title></head><body>Welcome' . '.' x 3000 . '</body></html>');
write_file('part.html', '<!doctype html><head></head>Part');
write_file('ssi.html',  '<!doctype html><html><!--# include virtual="/part.html" --></html>');

my $origin  = AepOrigin->start;
my $decoded = IPC::Run::run(['brotli', '--stdout'], \'<!doctype html><head><title>Shop</title></head>', \my $brotli);
my $br_page = $origin->url('br', ["HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: br\r\n"
    . 'Content-Length: ' . length($brotli) . "\r\n\r\n$brotli"]);

my $http = <<"HTTP";
    include       $top/build/deps/test-nginx/etc/nginx/mime.types;
    charset       utf-8;
    js_path       $files;
    js_import     shop from shop.js;
HTTP
my $locations = <<"SERVER";
    location / {
    root  $files;
    location = /compressed.html {
        alias              $files/page.html;
        brotli             on;
        gzip               on;
        sendfile           on;
    }
    location = /all.html {
        alias              $files/page.html;
        brotli             on;
        gzip               on;
        ssi                on;
        subs_filter        <title>Shop "<title>North Shop";
        sub_filter         Welcome "Welcome back";
        more_set_headers   "Content-Security-Policy: script-src 'nonce-abc'";
    }
    location = /ssi.html    { ssi on; brotli on; gzip on; }
    location = /shout.html  { alias $files/page.html; js_header_filter shop.no_length; js_body_filter shop.shout; }
    location = /late.html   { alias $files/page.html; js_header_filter shop.no_length; js_body_filter shop.late; }
    location = /join.html   { js_content shop.join; }
    location = /shop.xml    { xslt_stylesheet $files/shop.xslt; }
    location = /image.html  { alias $files/page.html; image_filter size; }
    location = /cleared     { alias $files/page.html; default_type text/html; more_clear_headers Content-Type; }
    location = /br          { proxy_pass $br_page; brotli on; gzip on; gzip_proxied any; }
    }
SERVER

sub text_of {
    my $answer = shift;
    my $coding = $answer->{headers}{'content-encoding'}[0] // 'none';
    my $text   = $answer->{body};
    IPC::Run::run(['brotli', '--decompress', '--stdout'], \$answer->{body}, \$text) if $coding eq 'br';
    IO::Uncompress::Gunzip::gunzip(\$answer->{body} => \$text) if $coding eq 'gzip';
    return ($coding, AepTag::marked($text // 'not in that coding'));
}

my $page     = do { local (@ARGV, $/) = "$files/page.html"; <> };
my $with_tag = $page =~ s/(?=<title>)/[tag]/r;

sub serves {
    my ($client, $order, $path, $accepted, $coding, $expected, $name) = @_;
    my $answer = $client->get($path, 'Accept-Encoding' => $accepted);
    my @found  = text_of($answer);
    return is_deeply(\@found, [$coding, $expected], "$order: $name, for a client that takes " . ($accepted // 'none'));
}

for my $order ('in front of ours', 'behind ours') {
    my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, http => $http, server => $locations,
        $order eq 'behind ours' ? (main => $load_all) : (front => "$load_all\n"));
    my $client = $server->client;
    for my $coding (qw(br gzip none)) {
        my $accepted = $coding eq 'none' ? undef : $coding;
        my @asked    = ($client, $order);
        serves(@asked, '/compressed.html', $accepted, $coding, $with_tag, 'a page from disk');
        serves(@asked, '/all.html', $accepted, $coding,
            $with_tag =~ s/<title>/<title>North /r =~ s/Welcome/Welcome back/r =~ s/\[tag\]/[tag nonce="abc"]/r,
            'a page with all filters');
        serves(@asked, '/ssi.html', $accepted, $coding,
            '<!doctype html><html><!doctype html><head>[tag]</head>Part</html>', 'a page made of parts');
        serves(@asked, '/br', $accepted, $coding eq 'gzip' ? 'gzip' : 'br', '<!doctype html><head>[tag]<title>Shop</title></head>',
            'a page that comes in brotli');
    }
    serves($client, $order, '/shout.html', undef, 'none', $with_tag =~ s/Welcome/WELCOME/r,
        'a page that a script changes');
    serves($client, $order, '/late.html', undef, 'none', $with_tag, 'a page that a script cuts');
    serves($client, $order, '/join.html', undef, 'none',
        '<!doctype html><head>[tag]<title>Joined</title></head><!doctype html><head></head>Part',
        'a page made of subrequests in memory');
    serves($client, $order, '/shop.xml', undef, 'none',
        qq{<html><head>[tag]\n}
            . qq{<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n<title>Shop</title>\n</head></html>\n},
        'a page made of XML');
    is($client->get('/image.html')->{status}, 200, "$order: a page where images are expected");
    is($client->get('/cleared')->{body}, $page, "$order: a page whose type is taken away");

    my @warnings = grep { /^\d.*\[warn\]/ } split /\n/, $server->log;
    if ($order eq 'behind ours') {
        is(scalar @warnings, 1, "$order: one warning at the start");
        my ($ours, $brotli) = map { qr/"load_module modules\/ngx_http_$_\.so;"/ } qw(aep_module brotli_filter_module);
        like($warnings[0] // '', qr/ngx_http_brotli_filter_module stands behind .* Put $ours behind $brotli/,
            "$order: it names both lines");
    } else {
        is(scalar @warnings, 0, "$order: no warning");
    }
    unlike($server->log, qr/\[error\]/, "$order: no error");
    $server->quit;
    $server->is_clean($order);
}

# A server that has no tags is not bothered.
accepts({ main => $load{brotli_filter}, no_organization => 1 }, 'brotli behind ours, without storefront events');

done_testing;
