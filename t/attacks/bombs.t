use strict;
use warnings;

# Pages that are small as they come and huge when they are decoded: one of them must not keep the others waiting.

use AepOrigin;
use AepPatience qw(patience);
use AepServer;
use Compress::Zlib ();
use IO::Select ();
use IPC::Run ();
use Test::More;
use Time::HiRes qw(sleep time);

my $head  = '<!doctype html><head><title>Shop</title></head>';
my $block = 'A' x 2**20;

# A gigabyte.
sub brotli_bomb {
    my $bytes;
    my @parts = ($head, ($block) x 1024);
    IPC::Run::run(['brotli', '--quality=2', '--lgwin=22', '--stdout'], '<', sub { shift @parts }, '>', \$bytes)
        or die "brotli: $?";
    return $bytes;
}

# The same of many members, each of which is packed as densely as the format allows.
sub gzip_bomb {
    my $member = Compress::Zlib::memGzip($block x 16);
    return Compress::Zlib::memGzip($head) . $member x 64;
}

my $origin = AepOrigin->start;
my %bomb   = (br => brotli_bomb(), gzip => gzip_bomb());
my %url    = map {
    $_ => $origin->url($_, ["HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: $_\r\n\r\n$bomb{$_}"])
} keys %bomb;
# Large, but no bomb: less than a thousand times as large, or less than 64 MB.
my %honest = (
    long  => $head . 'A product. ' x (7 * 2**20),
    dense => $head . $block x 40,
);

my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, server => <<"SERVER");
    location = /br       { proxy_pass $url{br}; }
    location = /gzip     { proxy_pass $url{gzip}; }
    location = /br/plain { proxy_pass $url{br}; proxy_buffering off; gzip on; gzip_proxied any; }
    location = /br/disk  { alias html/bomb.br; default_type text/html; charset utf-8; add_header Content-Encoding br; }
    location /honest/    { alias html/; gzip_static always; charset utf-8; }
SERVER

mkdir $server->directory . '/html';
for (['bomb.br', $bomb{br}], map { ["$_.html.gz", Compress::Zlib::memGzip($honest{$_})] } keys %honest) {
    open my $out, '>', $server->directory . "/html/$_->[0]" or die "$_->[0]: $!";
    print $out $_->[1];
}

# How long the slowest other page takes while a page is sent, and what came of that.
sub worst_ping {
    my ($path) = @_;
    my $waiting = $server->client->begin_raw(
        "GET $path HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nAccept-Encoding: gzip, br\r\n\r\n");
    my ($worst, $pings, $text) = (0, 0, '');
    my $deadline = time + patience(60);
    while (time < $deadline) {
        my $answer = $server->client->get('/page.html');
        ++$pings;
        $worst = $answer->{seconds} if $answer->{seconds} > $worst;
        next unless IO::Select->new($waiting->socket)->can_read(0);
        last unless $waiting->socket->sysread($text, 2**20, length $text);
    }
    diag sprintf '%s: the worst of %d pings took %.1f ms', $path, $pings, $worst * 1000;
    return ($worst, $text);
}

for my $path (qw(/br /br/plain /br/disk /gzip)) {
    sleep 1.1;    # of lines that say the same, one a second is logged
    my ($worst, $text) = worst_ping($path);
    cmp_ok($worst, '<', patience(1), "$path: other pages are served meanwhile");
    ok(scalar($text =~ m{^HTTP/1\.1 200 }), "$path: the page begins");
    ok(scalar($text !~ /\r\n0\r\n\r\n\z/), "$path: and does not end as if it were complete");
}
for my $coding (qw(br gzip)) {
    like($server->log, qr/\[warn\].* a page in $coding grows to more than 1000 times its size/, "the log tells of the bomb in $coding");
}

for my $name (sort keys %honest) {
    my ($worst, $text) = worst_ping("/honest/$name.html");
    cmp_ok($worst, '<', patience(1), "$name: other pages are served meanwhile");
    my $size = 0;
    my ($inflate) = Compress::Zlib::inflateInit(-WindowBits => Compress::Zlib::WANT_GZIP_OR_ZLIB());
    my (undef, $body) = split /\r\n\r\n/, $text, 2;
    my $chunks = '';
    while ($body =~ s/\A([0-9a-f]+)\r\n//i) {
        my $length = hex $1;
        $chunks .= substr $body, 0, $length;
        substr $body, 0, $length + 2, '';
    }
    my $decoded = $inflate->inflate($chunks) // '';
    $decoded =~ s{<script async src="/aep/[^>]*></script>}{};
    ok($decoded eq $honest{$name}, "$name: the whole page arrives");
}

$server->quit;
$server->is_clean('in all of it');
done_testing;
